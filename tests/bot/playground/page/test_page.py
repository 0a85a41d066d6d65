"""The page around the chat: its people, its keys, its colours, its width, its clock."""

import re

import pytest

from bot.playground.images import PIXEL
from tests.bot.playground.conftest import ADA, IVAN
from tests.bot.playground.page.conftest import KEYS, Bot

pytest.importorskip("playwright.async_api", reason="the page's tests need playwright: `make browser` installs it")

from playwright.async_api import Browser, expect

from tests.browser import PHONE, WIDE, Screen, chromium, file, screen

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="the page's tests need a Chromium, and none is installed"),
    pytest.mark.asyncio(loop_scope="module"),  # that of the browser
]


async def test_unread(bot: Bot, ada: Screen) -> None:
    """What is said to others is counted at their names, also after the page was opened anew, until it is seen."""
    bot.miniature.say(IVAN, "/start")
    for text in ("one", "two"):
        await bot.say(text, IVAN)
    mark = ada.page.locator("#people .unread")
    await expect(mark).to_have_text("2 unread messages")
    await ada.page.reload()
    await expect(mark).to_have_text("2 unread messages")

    await ada.be("Ivan")
    await ada.sees("two")
    await expect(mark).to_have_count(0)
    await ada.be("Ada")
    await expect(mark).to_have_count(0)


async def test_people(bot: Bot, ada: Screen) -> None:
    """Somebody can be added, who is then oneself, and anybody renamed."""
    await ada.page.get_by_role("button", name="Add a person").click()
    await ada.page.get_by_label("First name").fill("Edsger")
    await ada.page.get_by_role("button", name="Add", exact=True).click()
    await expect(ada.page.locator("#people [aria-current]")).to_contain_text("Edsger")
    await ada.start()
    assert bot.heard() == ["/start"]

    await ada.page.locator("#people li", has_text="Edsger").hover()
    await ada.page.get_by_role("button", name="Rename Edsger").click()
    await ada.page.get_by_label("Last name").fill("Dijkstra")
    await ada.page.get_by_role("button", name="Save").click()
    await expect(ada.page.locator("#people [aria-current]")).to_contain_text("Edsger Dijkstra")


async def test_by_keyboard_alone(bot: Bot, ada: Screen) -> None:
    """Without a mouse one finds the keys, changes persons, goes through messages, answers, and presses buttons."""
    await bot.say("Lesson 1", reply_markup=KEYS)
    keyboard = ada.page.keyboard
    await ada.page.locator("body").press("?")
    await expect(ada.page.get_by_role("dialog", name="Keys and formatting")).to_be_visible()
    await keyboard.press("Escape")
    await keyboard.press("Alt+Digit2")
    await expect(ada.page.get_by_role("button", name="Start", exact=True)).to_be_focused()
    await keyboard.press("Alt+ArrowUp")
    await expect(ada.text).to_be_focused()
    await keyboard.press("Control+ArrowUp")
    await expect(ada.last).to_be_focused()
    await keyboard.press("r")
    await expect(ada.page.locator("#context")).to_contain_text("Lesson 1")
    await keyboard.press("Escape")
    await keyboard.press("Control+ArrowUp")
    await keyboard.press("Tab")
    await expect(ada.page.get_by_role("button", name="Done")).to_be_focused()
    outline = await ada.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("button", name="Done")).to_have_attribute("aria-busy", "true")
    [update] = bot.miniature.take_updates()
    # A message that changes under one's fingers does not take the focus away.
    await bot.call("editMessageText", chat_id=ADA, message_id=2, text="Lesson 2", reply_markup=KEYS)
    await ada.sees("Lesson 2")
    await expect(ada.page.get_by_role("button", name="Done")).to_be_focused()
    assert update["callback_query"]["data"] == "done"


async def test_everything_has_a_name(bot: Bot, ada: Screen) -> None:
    """What can be pressed or typed into says to screen readers what it is."""
    await bot.say("Lesson 1", reply_markup=KEYS)
    await ada.send(file("a.png", PIXEL, "image/png"))
    await expect(ada.own.locator("img")).to_be_visible()
    tree = await ada.page.locator("body").aria_snapshot()

    nameless = [line for line in tree.splitlines() if re.search(r"- (button|textbox|link|img|listbox)(:| \[|$)", line)]

    assert nameless == []
    assert 'log "Messages"' in tree


async def test_raw_calls_and_the_clock(bot: Bot, ada: Screen) -> None:
    """The panel shows what the bot was told and what it called, refusals too, and the clock moves what it dates."""
    await ada.page.get_by_role("button", name="Bot API calls").click()
    await ada.say("hello")
    await expect(ada.page.locator("#calls-list summary")).to_have_text(["→ messagehello"])
    await bot.say("hi there")
    await expect(ada.page.locator("#calls-list summary").last).to_have_text("← sendMessagehi there")
    await ada.page.locator("#calls-list summary").last.click()
    await expect(ada.page.locator("#calls-list pre").last).to_contain_text('"parse_mode": "HTML"')

    await ada.page.get_by_role("button", name="Move the clock on").click()
    before = bot.miniature.world.now()
    await ada.page.get_by_role("button", name="1 week").click()
    await expect(ada.page.locator("#ahead")).to_have_text("+1w")
    assert bot.miniature.world.now() - before >= 7 * 24 * 3600


async def test_light_and_dark(bot: Bot, browser: Browser) -> None:
    """The page is as dark as the system, until one says otherwise, and remembers that."""
    ground = "getComputedStyle(document.body).backgroundColor"
    async with screen(browser, bot.address, WIDE, color_scheme="dark") as ada:
        dark = await ada.page.evaluate(ground)
        await ada.page.get_by_role("button", name="Light colours").click()
        light = await ada.page.evaluate(ground)
        await ada.page.reload()
        assert (await ada.page.evaluate(ground), dark != light) == (light, True)
        assert ada.complaints == []


async def test_on_a_phone(bot: Bot, browser: Browser) -> None:
    """At 390 pixels there are the people, or a chat with a way back, and nothing is wider than the screen."""
    await bot.say("A long line of words that goes on and on, and on. " * 4, reply_markup=KEYS)
    async with screen(browser, bot.address, PHONE) as ada:
        await expect(ada.text).not_to_be_visible()
        await ada.be("Ada")
        await expect(ada.text).to_be_focused()
        await expect(ada.page.locator("#people")).not_to_be_visible()
        assert await ada.page.evaluate("document.documentElement.scrollWidth") == 390
        await ada.page.get_by_role("button", name="Back to the people").click()
        await expect(ada.page.locator("#people")).to_be_visible()
        assert await ada.page.evaluate("document.documentElement.scrollWidth") == 390
        assert ada.complaints == []


async def test_on_a_phone_nothing_lies_over_a_key_that_was_not_asked_for(bot: Bot, browser: Browser) -> None:
    """What one can do with a message is shown after a tap on its words, and not after one on its keys."""
    await bot.say("Lesson 1", reply_markup=KEYS)
    async with screen(browser, bot.address, PHONE) as ada:
        await ada.be("Ada")
        await ada.press("Next")
        await expect(ada.page.get_by_role("button", name="Next")).to_be_focused()
        await expect(ada.page.get_by_role("button", name="Reply")).to_have_count(0)
        await ada.last.get_by_text("Lesson 1").click()
        await expect(ada.page.get_by_role("button", name="Reply")).to_be_visible()
