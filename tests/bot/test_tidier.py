"""Lost copies are found, and what nobody needs goes."""

from sqlalchemy import update

from bot.store import OLD, Store
from bot.tidier import Tidier
from db.models import Block, FileId, Medium
from db.transaction import Database
from tests.bot.fetching import Telegram, fetcher, found, register
from tests.bot.test_store import age
from tests.chat import FakeClock, World
from tests.factories import text_block


async def test_an_hour_tidies_the_store(database: Database, store: Store, clock: FakeClock) -> None:
    """What no medium has goes after a day, what one has stays, and a copy that is gone is fetched again."""
    await register(database, clock, 2)
    telegram = Telegram()
    at_work = fetcher(telegram, database, store.directory, clock)
    await at_work.fetch()
    orphans = [store.path(store.keep(word)) for word in (b"old", b"new")]
    copies = [store.path(str(known.medium.sha256)) for known in await found(database)]
    for path in (orphans[0], *copies):
        age(path, OLD + 60)
    copies[1].unlink()
    await Tidier(database, store, clock).tidy()
    assert [path.exists() for path in (*orphans, *copies)] == [False, True, True, False]
    await at_work.fetch()
    assert telegram.fetched[-1] == "F1"
    assert copies[1].read_bytes() == b"F1"


async def test_what_no_lesson_shows_is_forgotten(world: World) -> None:
    """A day after a block was replaced its file goes, unless another block, or a removed lesson's, still shows it."""
    ivan = await world.instructor()
    await ivan.write_course()
    for title, data in (("One", b"one"), ("Two", b"two")):
        await ivan.press("Add lesson")
        await ivan.send(title)
        await ivan.send_file("document", data, filename=f"{title}.txt")
        await ivan.press("Finish")
    at_work, database = world.application.fetcher, world.application.database
    await at_work.fetch()
    one, two = sorted(await world.rows(Medium), key=lambda medium: str(medium.file_name))
    copies = [at_work._store.path(medium.sha256) for medium in (one, two)]
    for path in copies:
        age(path, OLD + 60)
    async with database.transaction() as repos:
        lessons = await repos.lessons.list_of(1)
        await repos.lessons.remove(lessons[1], world.clock())
        replaced = update(Block).where(Block.lesson_id == lessons[0].id).values(content=text_block("Hi").to_json())
        await repos._work.session.execute(replaced)
    world.clock.advance(hours=23)
    await world.application.tidier.tidy()
    assert [path.exists() for path in copies] == [True, True]
    world.clock.advance(hours=2)
    await world.application.tidier.tidy()
    assert [path.exists() for path in copies] == [False, True]
    assert [medium.unique_id for medium in await world.rows(Medium)] == [two.unique_id]
    assert await world.count(FileId) == 1


async def test_what_is_written_again_is_not_forgotten(database: Database, store: Store, clock: FakeClock) -> None:
    """A file that a new block shows while the store is tidied stays: whoever writes the block says so first."""
    await register(database, clock, 2)
    clock.advance(days=2)
    await register(database, clock)
    await Tidier(database, store, clock).tidy()
    assert [known.medium.unique_id for known in await found(database)] == ["U0"]
