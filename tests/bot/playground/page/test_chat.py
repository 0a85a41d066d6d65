"""A chat on the page: what is said, and what is done with it."""

import asyncio
import re

import pytest

from bot.playground.images import PIXEL
from tests.bot.playground.conftest import ADA, IVAN
from tests.bot.playground.page.conftest import KEYS, Bot

pytest.importorskip("playwright.async_api", reason="the page's tests need playwright: `make browser` installs it")

from playwright.async_api import expect

from tests.browser import Screen, chromium, file

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="the page's tests need a Chromium, and none is installed"),
    pytest.mark.asyncio(loop_scope="module"),  # that of the browser
]


async def test_a_button_waits_for_its_answer(bot: Bot, ada: Screen) -> None:
    """A pressed button turns until the bot has answered, and then shows what it said."""
    await bot.say("Lesson 1", reply_markup=KEYS)
    await ada.press("Done")
    button = ada.page.get_by_role("button", name="Done")
    await expect(button).to_have_attribute("aria-busy", "true")

    [update] = bot.miniature.take_updates()
    await bot.call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Well done!")

    await expect(ada.page.locator(".toast")).to_have_text("Well done!")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await ada.press("Next")
    await expect(ada.page.get_by_role("button", name="Next")).to_have_attribute("aria-busy", "true")
    [update] = bot.miniature.take_updates()
    query = update["callback_query"]["id"]
    await bot.call("answerCallbackQuery", callback_query_id=query, text="Sure?", show_alert=True)
    await expect(ada.page.get_by_role("dialog")).to_contain_text("Sure?")


async def test_all_formatting(bot: Bot, ada: Screen) -> None:
    """Each kind of formatting is shown as itself, and a spoiler or a long quote opens when it is pressed."""
    lines = "\n".join(f"line {number}" for number in range(12))
    await bot.say(
        "<b>b</b> <i>i</i> <u>u</u> <s>s</s> <tg-spoiler>secret</tg-spoiler> <code>c</code> "
        '<a href="https://example.org/">link</a> @someone <tg-emoji emoji-id="5">👍</tg-emoji>'
        '<pre><code class="language-python">x = 1</code></pre><blockquote>short</blockquote>'
        f"\n<blockquote expandable>{lines}</blockquote>"
    )
    words = ada.last.locator(".words")
    for tag, text in (("strong", "b"), ("em", "i"), ("u", "u"), ("s", "s"), ("code", "c"), (".mention", "@someone")):
        await expect(words.locator(tag).first).to_have_text(text)
    await expect(words.locator(".custom_emoji")).to_have_text("👍")
    await expect(words.locator("pre")).to_have_attribute("data-language", "python")
    await expect(words.locator("blockquote").first).to_have_text("short")

    spoiler, quote = words.locator(".spoiler"), words.locator(".expandable_blockquote")
    await spoiler.press("Enter")
    await expect(spoiler).to_have_class(re.compile("open"))
    folded = await quote.bounding_box()
    await quote.click()
    unfolded = await quote.bounding_box()
    assert folded is not None
    assert unfolded is not None
    assert unfolded["height"] > folded["height"]

    await words.get_by_text("link", exact=True).click()
    await expect(ada.page.get_by_role("dialog", name="Open this link?")).to_contain_text("https://example.org/")


async def test_nothing_is_read_as_html(bot: Bot, ada: Screen) -> None:
    """A text, a button and a name that look like HTML are shown as they are."""
    evil = "<img src=x onerror=alert(1)>"
    escaped = evil.replace("<", "&lt;").replace(">", "&gt;")
    await bot.say(escaped, reply_markup={"inline_keyboard": [[{"text": evil, "callback_data": "x"}]]})
    bot.miniature.add_person(IVAN, evil)

    await expect(ada.last.locator(".words")).to_have_text(evil)
    await expect(ada.page.locator(".key")).to_have_text(evil)
    await expect(ada.page.locator("#people b").last).to_have_text(evil)
    assert await ada.page.locator("img[src=x]").count() == 0


async def test_markup_that_is_typed(bot: Bot, ada: Screen) -> None:
    """What is typed with marks is sent as formatting, and shows its marks again when it is edited."""
    typed = "**bold __both__** `x`\n> quoted\n> twice\n||hidden||"
    await ada.say(typed)
    await expect(ada.own.locator("blockquote")).to_have_text("quoted\ntwice")
    [update] = bot.miniature.take_updates()
    kinds = [entity["type"] for entity in update["message"]["entities"]]
    assert kinds == ["bold", "italic", "code", "blockquote", "spoiler"]

    await ada.text.press("ArrowUp")
    await expect(ada.text).to_have_value(typed)
    await ada.say("~~plain~~")
    await expect(ada.own).to_contain_text("edited")
    [update] = bot.miniature.take_updates()
    assert update["edited_message"]["text"] == "plain"
    assert update["edited_message"]["entities"] == [{"type": "strikethrough", "offset": 0, "length": 5}]


async def test_edits_and_deletions_are_seen_as_they_happen(bot: Bot, ada: Screen) -> None:
    """What the bot changes or takes back changes or goes on the page, and one can take back one's own words."""
    first, second = await bot.say("one"), await bot.say("two")
    await ada.sees("two")
    await bot.call("editMessageText", chat_id=ADA, message_id=second, text="three")
    await ada.sees("three")
    await expect(ada.page.locator("#news")).to_contain_text("three")
    await bot.call("deleteMessage", chat_id=ADA, message_id=first)
    await expect(ada.page.locator(".theirs")).to_have_count(1)

    await ada.say("oops")
    own = ada.page.locator(".mine", has_text="oops")
    await own.hover()
    await own.get_by_role("button", name="Delete").click()
    await expect(ada.page.locator(".mine", has_text="oops")).to_have_count(0)


async def test_replies(bot: Bot, ada: Screen) -> None:
    """A reply shows what it replies to, and the bot is told."""
    message_id = await bot.say("Any questions?")
    await ada.last.hover()
    await ada.last.get_by_role("button", name="Reply").click()
    await ada.say("Yes!")

    await expect(ada.own.locator(".quoted")).to_contain_text("Any questions?")
    [update] = bot.miniature.take_updates()
    assert update["message"]["reply_to_message"]["message_id"] == message_id


async def test_files(bot: Bot, ada: Screen) -> None:
    """Pictures are an album, other files have a name and a size and can be saved; what is sent is what arrives."""
    pictures = [file(f"{number}.png", PIXEL, "image/png") for number in range(3)]
    await ada.send(*pictures, caption="three")
    await expect(ada.own.locator(".pictures img")).to_have_count(3)
    await expect(ada.own).to_contain_text("three")
    await ada.send(file("reading list.txt", b"x" * 2048, "text/plain"))
    await expect(ada.own.locator(".file")).to_contain_text("reading list.txt")
    await expect(ada.own.locator(".file-size")).to_have_text("2.0 kB · TXT")
    updates = [update["message"] for update in bot.miniature.take_updates()]
    assert len({message.get("media_group_id") for message in updates[:3]}) == 1
    assert [("photo" in message, "document" in message) for message in updates] == [(True, False)] * 3 + [(False, True)]

    async with ada.page.expect_download() as download:
        await ada.own.locator(".file").click()
    saved = await (await download.value).path()
    assert await asyncio.to_thread(saved.read_bytes) == b"x" * 2048


async def test_files_that_are_dropped_and_pasted(bot: Bot, ada: Screen) -> None:
    """A file can be dropped anywhere and pasted into the text, is shown before it is sent, and can be taken back."""
    carried = """name => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["words"], name, { type: "text/plain" }));
        return transfer;
    }"""
    for name in ("dropped.txt", "mistake.txt"):
        transfer = await ada.page.evaluate_handle(carried, name)
        await ada.page.dispatch_event("#messages", "drop", {"dataTransfer": transfer})
    transfer = await ada.page.evaluate_handle(carried, "pasted.txt")
    paste = "new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })"
    await ada.page.evaluate(f"transfer => document.getElementById('text').dispatchEvent({paste})", transfer)
    await expect(ada.page.locator(".chip-name")).to_have_text(["dropped.txt", "mistake.txt", "pasted.txt"])
    await ada.page.get_by_role("button", name="Remove mistake.txt").click()
    await ada.say("both")

    await expect(ada.own.locator(".file")).to_have_count(2)
    sent = [update["message"] for update in bot.miniature.take_updates()]
    assert [message["document"]["file_name"] for message in sent] == ["dropped.txt", "pasted.txt"]
    assert len({message["media_group_id"] for message in sent}) == 1


async def test_commands_complete_themselves(bot: Bot, ada: Screen) -> None:
    """What is typed after a slash offers what fits; arrows choose, Tab completes, Enter sends, Escape closes."""
    commands = [{"command": name, "description": f"do {name}"} for name in ("start", "help", "progress", "privacy")]
    await bot.call("setMyCommands", commands=commands)
    await ada.page.keyboard.press("Escape")
    await ada.text.press_sequentially("/pr")
    options = ada.page.get_by_role("option")
    await expect(options).to_have_count(2)
    await ada.text.press("ArrowDown")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await ada.text.press("Tab")
    await expect(ada.text).to_have_value("/privacy ")

    await ada.text.fill("/h")
    await ada.text.press("Enter")
    await expect(ada.own).to_contain_text("/help")
    assert bot.heard() == ["/help"]
    await ada.text.press_sequentially("/")
    await ada.text.press("Escape")
    await expect(options).to_have_count(0)
