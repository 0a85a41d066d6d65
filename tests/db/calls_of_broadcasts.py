"""The rows of broadcasts, and a call of every method of their repository."""

from collections.abc import Awaitable, Callable
from typing import Any

from db.models import Audience, AudienceKind, Base, Broadcast, BroadcastState
from db.repositories import Repositories
from db.repositories.outbox import Sent
from tests.db.seeds import ID, LONG_AGO, MADE, NEW, NOW

TABLES: dict[type[Base], Callable[[int], dict[str, Any]]] = {
    Broadcast: lambda n: {
        "telegram_id": n,
        "kind": AudienceKind.EVERYBODY,
        "state": BroadcastState.RUNNING if n == ID else BroadcastState.DONE,
        "content": {},
        **MADE,
    },
}
# Of a row that waits, and of one that is marked already.
SENT, SENT_BEFORE = Sent(ID, NOW, ID, broadcast_id=ID), Sent(NEW, NOW, ID, broadcast_id=ID)


async def _found(repos: Repositories) -> Broadcast:
    found = await repos.broadcasts.lock(ID)
    assert found is not None
    return found


def _walk(kind: AudienceKind) -> Callable[[Repositories], Awaitable[Any]]:
    async def walk(repos: Repositories) -> None:
        found = await _found(repos)
        found.kind, found.course_id, found.cursor = kind, ID, 1
        await repos.broadcasts.walk(found, limit=5, appointed=[ID], now=NOW)

    return walk


async def _start(repos: Repositories) -> None:
    repos.broadcasts.start(await _found(repos), by=ID, now=NOW)


async def _stop(repos: Repositories) -> None:
    await repos.broadcasts.stop(await _found(repos), NOW)


async def _finish(repos: Repositories) -> None:
    repos.broadcasts.finish(await _found(repos), NOW)


async def _drop(repos: Repositories) -> None:
    await repos.broadcasts.drop(await _found(repos))


CALLS: dict[str, Callable[[Repositories], Awaitable[Any]]] = {
    "outbox.is_unsent": lambda repos: repos.outbox.is_unsent(ID),
    "broadcasts.add": lambda repos: repos.broadcasts.add(
        telegram_id=ID, audience=Audience(AudienceKind.COURSE, ID), content={}, total=1, now=NOW
    ),
    "broadcasts.get": lambda repos: repos.broadcasts.get(ID),
    "broadcasts.lock": lambda repos: repos.broadcasts.lock(ID),
    "broadcasts.lock skipping": lambda repos: repos.broadcasts.lock(ID, skip=True),
    "broadcasts.count": lambda repos: repos.broadcasts.count(),
    "broadcasts.list_newest": lambda repos: repos.broadcasts.list_newest(limit=5),
    "broadcasts.list_newest after": lambda repos: repos.broadcasts.list_newest(limit=5, after=ID),
    "broadcasts.list_newest before": lambda repos: repos.broadcasts.list_newest(limit=5, before=ID),
    "broadcasts.list_running": lambda repos: repos.broadcasts.list_running(),
    "broadcasts.count_audience": lambda repos: repos.broadcasts.count_audience(
        Audience(AudienceKind.STUDENTS), [ID], NOW
    ),
    "broadcasts.start": _start,
    **{f"broadcasts.walk to {kind}": _walk(kind) for kind in AudienceKind},
    "broadcasts.mark_sent": lambda repos: repos.broadcasts.mark_sent([SENT, SENT_BEFORE]),
    "broadcasts.stop": _stop,
    "broadcasts.finish": _finish,
    "broadcasts.drop": _drop,
    "broadcasts.forget_drafts": lambda repos: repos.broadcasts.forget_drafts(LONG_AGO),
}
