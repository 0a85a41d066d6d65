"""A call of every method of the repository of media."""

from db.repositories import Repositories
from db.repositories.media import USES
from tests.db.givens import ID, LATER, LONG_AGO, NOW, Call

# As `rows` has it.
MEDIUM = f"AQ{ID:05}"


async def _postpone(repos: Repositories) -> None:
    [medium] = await repos.media.claim(NOW, 1)
    await repos.media.postpone(medium, LATER, "-", failed=True)


CALLS: dict[str, Call] = {
    "media.register": lambda repos: repos.media.register([{"file_unique_id": MEDIUM, "kind": "photo"}], NOW),
    "media.find": lambda repos: repos.media.find([MEDIUM, "-"], 42),
    "media.claim": lambda repos: repos.media.claim(NOW, 8),
    "media.wake": lambda repos: repos.media.wake(LONG_AGO),
    "media.mark_kept": lambda repos: repos.media.mark_kept(MEDIUM, "-", 1),
    "media.mark_too_big": lambda repos: repos.media.mark_too_big(MEDIUM, "-"),
    "media.postpone": _postpone,
    "media.remember": lambda repos: repos.media.remember(MEDIUM, "photo", 42, "-", NOW),
    "media.list_kept": lambda repos: repos.media.list_kept(5, MEDIUM),
    "media.lose": lambda repos: repos.media.lose([MEDIUM], NOW),
    "media.list_used": lambda repos: repos.media.list_used(USES[0], 5, ID),
    "media.list_all": lambda repos: repos.media.list_all(5, MEDIUM),
    "media.forget": lambda repos: repos.media.forget([MEDIUM], LATER),
    "media.list_needed": lambda repos: repos.media.list_needed([f"{1:064}", "-"]),
}
