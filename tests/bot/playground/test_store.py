import shutil
import stat
from pathlib import Path

import pytest

from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from bot.playground.store import DirectoryStore, StoreTakenError
from tests.bot.playground.conftest import ADA, TOKEN, Clock


def opened(directory: Path, clock: Clock) -> Miniature:
    return Miniature(token=TOKEN, clock=clock, store=DirectoryStore(directory))


async def test_everything_survives_a_restart(tmp_path: Path, clock: Clock) -> None:
    """People, chats, files, menus, open queries and waiting updates are there after a restart."""
    before = opened(tmp_path / "before", clock)
    before.add_person(ADA, "Ada", role="student")
    before.add_group(-5, "Course", [ADA])
    before.say(ADA, "/start")
    before.send_file(ADA, "photo", PIXEL, caption="me")
    gone = before.say(ADA, "secret")["message"]["message_id"]
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = await before.call(
        TOKEN, "sendMessage", {"chat_id": ADA, "text": "<b>Hi</b>", "parse_mode": "HTML", "reply_markup": keyboard}
    )
    await before.call(
        TOKEN,
        "editMessageText",
        {"chat_id": ADA, "message_id": sent["message_id"], "text": "Hello", "reply_markup": keyboard},
    )
    await before.call(TOKEN, "deleteMessage", {"chat_id": ADA, "message_id": gone})
    await before.call(TOKEN, "setMyCommands", {"commands": [{"command": "start", "description": "x"}]})
    query = before.press(ADA, sent["message_id"], "b")

    # Nothing is closed: a killed process has no time for it, and leaves the files as they are now.
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    after = opened(tmp_path / "after", clock)

    assert after.chat(ADA) == before.chat(ADA)
    assert after.chat(ADA)[-1].edited
    assert after.world.people.everybody() == before.world.people.everybody()
    assert after.world.people.group(-5).members == (ADA,)
    assert await after.call(TOKEN, "getMyCommands", {}) == [{"command": "start", "description": "x"}]
    file_id = after.chat(ADA)[1].file_id
    file = await after.call(TOKEN, "getFile", {"file_id": file_id})
    assert after.download(TOKEN, file["file_path"]) == PIXEL
    assert await after.call(TOKEN, "answerCallbackQuery", {"callback_query_id": query["callback_query"]["id"]})
    assert after.take_updates() == before.take_updates()
    before.close()
    after.close()


async def test_counters_go_on(tmp_path: Path, clock: Clock) -> None:
    """Ids of messages and updates are never given twice, and confirmed updates do not come back."""
    before = opened(tmp_path, clock)
    before.add_person(ADA, "Ada")
    first = before.say(ADA, "one")
    await before.call(TOKEN, "getUpdates", {"offset": first["update_id"] + 1})
    before.close()

    after = opened(tmp_path, clock)
    second = after.say(ADA, "two")

    assert second["update_id"] == first["update_id"] + 1
    assert second["message"]["message_id"] == first["message"]["message_id"] + 1
    assert after.take_updates() == [second]
    after.close()


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """The directory and its files are for their owner only."""
    store = DirectoryStore(tmp_path / "new" / "data")

    directory = tmp_path / "new" / "data"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in directory.iterdir())
    store.close()


def test_a_failed_save_keeps_nothing(tmp_path: Path) -> None:
    """A save is whole or not at all."""
    store = DirectoryStore(tmp_path)

    with pytest.raises(TypeError):
        store.save([("a", "1", 1), ("a", "2", object())])

    assert list(store.load()) == []
    store.close()


def test_a_directory_serves_one_playground(tmp_path: Path) -> None:
    """A second playground on the same directory is refused instead of writing over the first one's chats."""
    first = DirectoryStore(tmp_path)
    with pytest.raises(StoreTakenError, match="open already"):
        DirectoryStore(tmp_path)
    first.close()
    DirectoryStore(tmp_path).close()
