"""What goes wrong on the page, or comes in an unusual shape: what was written is not lost, nor cut in half."""

import asyncio

import pytest

from bot.playground.images import PIXEL
from tests.bot.playground.conftest import ADA, IVAN, TOKEN
from tests.bot.playground.page.conftest import KEYS, Bot

pytest.importorskip("playwright.async_api", reason="the page's tests need playwright: `make browser` installs it")

from playwright.async_api import Browser, Route, expect

from tests.browser import WIDE, Screen, chromium, file, screen

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="the page's tests need a Chromium, and none is installed"),
    pytest.mark.asyncio(loop_scope="module"),  # that of the browser
]

BUSY = "The playground is busy."
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}
"""


async def refuse(route: Route) -> None:
    """Answers as the server does to what cannot be done."""
    await route.fulfill(status=400, json={"error": BUSY})


def forgive(ada: Screen) -> None:
    """Forgets that the console has named what was refused, and nothing else."""
    ada.complaints = [each for each in ada.complaints if "Failed to load resource" not in each]


async def test_a_reply_that_could_not_be_sent_waits(bot: Bot, ada: Screen) -> None:
    """Its words, its file and what it answers stay, and the next try sends them all."""
    message_id = await bot.say("Any questions?")
    await ada.last.hover()
    await ada.last.get_by_role("button", name="Reply").click()
    await ada.page.set_input_files("#attach", [file("a.png", PIXEL, "image/png")])
    await ada.page.get_by_label("Send as files").check()
    await ada.page.route("**/play/upload", refuse)
    await ada.say("Yes!")
    await expect(ada.page.locator(".toast")).to_have_text(BUSY)
    forgive(ada)
    await expect(ada.text).to_have_value("Yes!")
    await expect(ada.page.locator("#context")).to_contain_text("Any questions?")
    await expect(ada.page.locator(".chip-name")).to_have_text("a.png")

    await ada.page.unroute("**/play/upload")
    await ada.text.press("Enter")
    await expect(ada.own.locator(".quoted")).to_contain_text("Any questions?")
    await expect(ada.page.locator("#context")).to_be_hidden()
    [update] = bot.miniature.take_updates()
    assert (update["message"]["caption"], update["message"]["document"]["file_name"]) == ("Yes!", "a.png")
    assert update["message"]["reply_to_message"]["message_id"] == message_id


async def test_an_edit_that_failed_is_still_an_edit(bot: Bot, ada: Screen) -> None:
    """The next try changes the message and sends no second one; files that were chosen wait for their own message."""
    await ada.say("Helo")
    await expect(ada.own).to_contain_text("Helo")
    await ada.text.press("ArrowUp")
    await ada.page.set_input_files("#attach", [file("a.txt", b"a", "text/plain")])
    await ada.page.route("**/play/edit", refuse)
    await ada.say("Hello")
    await expect(ada.page.locator("#context")).to_contain_text("Edit message")
    await expect(ada.text).to_have_value("Hello")
    forgive(ada)

    await ada.page.unroute("**/play/edit")
    await ada.text.press("Enter")
    await expect(ada.own).to_contain_text("Hello")
    await expect(ada.page.locator(".chip-name")).to_have_text("a.txt")
    kinds = [next(name for name in update if name != "update_id") for update in bot.miniature.take_updates()]
    assert kinds == ["message", "edited_message"]


async def test_what_could_not_be_sent_waits_for_who_wrote_it(bot: Bot, ada: Screen) -> None:
    """Who has become somebody else meanwhile finds the words where they were written, and not here."""
    bot.miniature.say(IVAN, "/start")
    tried, release = asyncio.Event(), asyncio.Event()

    async def refuse_later(route: Route) -> None:
        tried.set()
        await release.wait()
        await refuse(route)

    await ada.page.route("**/play/say", refuse_later)
    await ada.say("From Ada")
    await tried.wait()
    await ada.be("Ivan")
    release.set()
    await expect(ada.page.locator(".toast")).to_have_text(BUSY)
    forgive(ada)
    await expect(ada.text).to_have_value("")
    await ada.be("Ada")
    await expect(ada.text).to_have_value("From Ada")


async def test_a_first_letter_is_whole(bot: Bot, ada: Screen) -> None:
    """An emoji or a flag that a name begins with is shown as one."""
    bot.miniature.add_person(IVAN, "🦊 Fox", last_name="🇩🇪")
    await expect(ada.page.locator("#people .avatar").nth(1)).to_have_text("🦊🇩🇪")


async def test_what_is_answered_may_be_in_an_album(bot: Bot, ada: Screen) -> None:
    """The quote of any of its pictures leads to the album."""
    album = bot.miniature.send_album(ADA, [{"kind": "photo", "data": PIXEL}, {"kind": "photo", "data": PIXEL}])
    for number in range(40):
        await bot.say(f"line {number}")
    await bot.say("Nice!", reply_parameters={"message_id": album[1]["message"]["message_id"]})
    await ada.sees("Nice!")
    await expect(ada.own).not_to_be_in_viewport()
    await ada.last.locator(".quoted").click()
    await expect(ada.own).to_be_in_viewport()


async def test_calls_that_cannot_be_read_are_said(ada: Screen) -> None:
    """The panel opens all the same, and the reason is shown."""
    await ada.page.route("**/play/calls/*", refuse)
    await ada.page.get_by_role("button", name="Bot API calls").click()
    await expect(ada.page.locator(".toast")).to_have_text(BUSY)
    await expect(ada.page.get_by_role("complementary", name="Bot API calls")).to_be_visible()
    forgive(ada)


async def test_less_than_a_minute_ahead(bot: Bot, ada: Screen) -> None:
    """Half a minute, too, is said in words."""
    bot.miniature.world.forward(30)
    await expect(ada.page.locator("#clock")).to_have_attribute("title", "Move the clock on (it is 30 seconds ahead)")
    await expect(ada.page.locator("#ahead")).to_have_text("+30s")


async def test_what_the_bot_is_doing(bot: Bot, ada: Screen) -> None:
    """It is said in words, whatever it is."""
    status = ada.page.locator("#status")
    for action, words in (("record_video_note", "recording a video message…"), ("typing", "typing…")):
        await bot.call("sendChatAction", chat_id=ADA, action=action)
        await expect(status).to_have_text(words)


async def test_an_answer_that_overtakes_its_press(bot: Bot, ada: Screen) -> None:
    """A bot may answer before the page knows which query it asked: the button does not turn on."""
    await bot.say("Lesson 1", reply_markup=KEYS)
    answered = asyncio.Event()

    async def slowly(route: Route) -> None:
        response = await route.fetch()
        await answered.wait()
        await route.fulfill(response=response)

    await ada.page.route("**/play/press", slowly)
    await ada.press("Done")
    button = ada.page.get_by_role("button", name="Done")
    await expect(button).to_have_attribute("aria-busy", "true")
    [update] = await bot.miniature.call(TOKEN, "getUpdates", {"timeout": 50})
    query = update["callback_query"]["id"]
    await bot.call("answerCallbackQuery", callback_query_id=query, text="Well done!")
    await expect(ada.page.locator(".toast")).to_have_text("Well done!")
    answered.set()
    await expect(button).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize(
    "address", ["TG://resolve?domain=Syllabot_Bot&start=PY101", "HTTPS://T.me/SYLLABOT_bot?start=PY101"]
)
async def test_a_link_to_the_bot_in_any_letters(bot: Bot, ada: Screen, address: str) -> None:
    """However it is written, it leads to the bot, and its payload stays as it is."""
    await bot.say(f'<a href="{address.replace("&", "&amp;")}">Join</a>')
    await ada.last.get_by_text("Join").click()
    await expect(ada.own).to_contain_text("/start PY101")
    assert bot.heard() == ["/start PY101"]


async def test_a_browser_that_keeps_nothing(bot: Bot, browser: Browser) -> None:
    """Without storage the page works, and the colours that were chosen last until it is left."""
    async with screen(browser, bot.address, WIDE, color_scheme="light") as ada:
        await ada.page.add_init_script(NO_STORAGE)
        await ada.page.reload()
        await ada.page.get_by_role("button", name="Dark colours").click()
        await expect(ada.page.locator("html")).to_have_attribute("data-theme", "dark")
        await ada.be("Ivan")
        await expect(ada.page.locator("#people [aria-current]")).to_contain_text("Ivan")
        assert ada.complaints == []
