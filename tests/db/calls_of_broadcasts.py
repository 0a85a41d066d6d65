"""A call of every method of the repository of broadcasts."""

from collections.abc import Awaitable
from typing import Any

from db.models import Audience, AudienceKind, Broadcast
from db.repositories import Repositories
from db.repositories.outbox import Sent
from tests.db.givens import ID, LONG_AGO, NEW, NOW, Call, given

# Of a row that waits, and of one that is marked already.
SENT, SENT_BEFORE = Sent(ID, NOW, ID, broadcast_id=ID), Sent(NEW, NOW, ID, broadcast_id=ID)


def broadcast(repos: Repositories) -> Awaitable[Any]:
    return repos.broadcasts.lock(ID)


def walk(kind: AudienceKind) -> Call:
    async def go(repos: Repositories, found: Broadcast) -> None:
        found.kind, found.course_id, found.cursor = kind, ID, 1
        await repos.broadcasts.walk(found, limit=5, appointed=[ID], now=NOW)

    return given(broadcast, go)


CALLS: dict[str, Call] = {
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
    "broadcasts.list_of": lambda repos: repos.broadcasts.list_of(ID, limit=5),
    "broadcasts.list_of after": lambda repos: repos.broadcasts.list_of(ID, limit=5, after=NEW),
    "broadcasts.list_of before": lambda repos: repos.broadcasts.list_of(ID, limit=5, before=1),
    "broadcasts.count_started": lambda repos: repos.broadcasts.count_started(ID, LONG_AGO),
    "broadcasts.list_running": lambda repos: repos.broadcasts.list_running(),
    "broadcasts.count_audience": lambda repos: repos.broadcasts.count_audience(
        Audience(AudienceKind.STUDENTS), [ID], NOW
    ),
    "broadcasts.count_audience of a course": lambda repos: repos.broadcasts.count_audience(
        Audience(AudienceKind.COURSE, ID), [ID], NOW
    ),
    "broadcasts.start": given(broadcast, lambda repos, found: repos.broadcasts.start(found, by=ID, now=NOW)),
    **{f"broadcasts.walk to {kind}": walk(kind) for kind in AudienceKind},
    "broadcasts.mark_sent": lambda repos: repos.broadcasts.mark_sent([SENT, SENT_BEFORE]),
    "broadcasts.stop": given(broadcast, lambda repos, found: repos.broadcasts.stop(found, NOW)),
    "broadcasts.finish": given(broadcast, lambda repos, found: repos.broadcasts.finish(found, NOW)),
    "broadcasts.drop": given(broadcast, lambda repos, found: repos.broadcasts.drop(found)),
    "broadcasts.forget_drafts": lambda repos: repos.broadcasts.forget_drafts(LONG_AGO),
}
