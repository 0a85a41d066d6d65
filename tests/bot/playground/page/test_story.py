"""The main job on the real page, in a real Chromium, before the real bot: both as `make run` starts them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api", reason="the page's story needs playwright: `make browser` installs it")

from playwright.async_api import expect

from tests.browser import PATIENCE_MS, WIDE, Screen, browsing, chromium, file, playground, screen
from tests.chat import PASSWORD
from tests.drawings import drawing

pytestmark = pytest.mark.skipif(chromium() is None, reason="the page's story needs a Chromium, and none is installed")

NOTES = b"Tokens, grammars, trees.\n" * 200


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Screen]:
    """Yields the page of a fresh playground whose bot answers."""
    async with playground(tmp_path) as address, browsing() as browser, screen(browser, address, WIDE) as page:
        yield page


async def write_course(ivan: Screen) -> None:
    """Writes and publishes a course with a photo, a document and an album, as Ivan."""
    await ivan.be("Ivan")
    await ivan.start()
    await ivan.sees("Ivan")
    await ivan.say("/newcourse")
    await ivan.sees("What is it called?")
    await ivan.say("Compilers 101")
    await ivan.sees("Describe it")
    await ivan.say("From characters to running code.")
    await ivan.sees("draft")
    await ivan.press("Add lesson")
    await ivan.sees("What is the lesson called?")
    await ivan.say("Lexing")
    await ivan.sees("Now send the lesson itself")
    await ivan.send(file("tokens.png", drawing(0), "image/png"), caption="**Characters** become tokens.")
    await ivan.sees("1 part so far")
    await ivan.send(file("notes.txt", NOTES, "text/plain"))
    await ivan.sees("2 parts so far")
    await ivan.send(*[file(f"{number}.png", drawing(number), "image/png") for number in (1, 2, 3)], caption="Trees")
    await ivan.sees("5 parts so far")
    await ivan.press("Finish")
    await ivan.sees("“Lexing” added")
    await ivan.press("Publish")
    await ivan.sees("published")


async def register(ada: Screen) -> None:
    """Makes an account, as Ada, whose password does not stay in the chat."""
    await ada.be("Ada")
    await ada.start()
    await ada.sees("Hi Ada!")
    await ada.press("Create an account")
    await ada.sees("What is your name?")
    await ada.say("Ada")
    await ada.sees("Your email address?")
    await ada.say("ada@example.org")
    await ada.sees("Choose a password")
    await ada.say(PASSWORD)
    await ada.sees("to learn or to teach")
    await expect(ada.page.get_by_text(PASSWORD)).to_have_count(0)
    await ada.press("Student")
    await ada.sees("Welcome, Ada!")


async def take_course(ada: Screen) -> None:
    """Finds the course, sees all of its lesson, and finishes it, as Ada."""
    await ada.say("/courses compil")
    await ada.sees("Compilers 101")
    await ada.press("1")
    await ada.sees("by Ivan Petrov")
    await ada.press("Enroll")
    await ada.sees("Enjoy!")
    await ada.press("Start: Lexing")
    await expect(ada.page.get_by_role("button", name="Done")).to_be_visible()
    lesson = ada.page.locator(".theirs")
    await expect(lesson.locator("strong", has_text="Characters")).to_be_visible()
    await expect(lesson.locator(".file", has_text="notes.txt")).to_contain_text("4.9 kB")
    await expect(lesson.locator(".pictures.of3 img")).to_have_count(3)
    await expect(lesson.locator("img")).to_have_count(4)
    for picture in await lesson.locator("img").all():
        await expect(picture).to_have_js_property("naturalWidth", 640)
    await ada.press("Done")
    await ada.sees("Well done, Ada!")
    await ada.say("/progress")
    await ada.sees("1/1 · 100 %")


async def broadcast(grace: Screen) -> None:
    """Writes to everybody, sees it first, and follows it to its report, as Grace."""
    await grace.be("Grace")
    await grace.start()
    await grace.sees("Hi Grace!")
    await grace.say("/admin")
    await grace.sees("Nobody waits for an answer.")
    await grace.press("Broadcasts")
    await grace.sees("Nothing was sent to many so far.")
    await grace.press("New broadcast")
    await grace.sees("Who is it for?")
    await grace.press("Everybody")
    await grace.sees("Now send the message")
    await grace.say("**Office hours** are on Friday.")
    await grace.sees("For everybody who has written to me: 3 people can be reached.")
    await grace.press("Send to 3 people")
    await expect(grace.page.locator(".theirs", has_text="Broadcast 1 · done")).to_contain_text("3 people got it.")
    await expect(grace.page.locator(".theirs", has_text="under way")).to_have_count(0)


async def read_broadcast(page: Screen, name: str) -> None:
    """Sees in the list that there is news, and then what it says."""
    person = page.person(name)
    await expect(person.locator(".unread")).to_be_visible()
    await expect(person).to_contain_text("Office hours are on Friday.")
    await page.be(name)
    await page.sees("Office hours are on Friday.")
    await expect(page.last.locator("strong")).to_have_text("Office hours")
    await expect(person.locator(".unread")).to_have_count(0)


async def test_from_a_course_to_its_end(page: Screen) -> None:
    """An instructor writes a course with pictures and a file, a student finishes it, an admin writes to everybody."""
    await write_course(page)
    await register(page)
    await take_course(page)
    await broadcast(page)
    for name in ("Ada", "Ivan"):
        await read_broadcast(page, name)
    assert page.complaints == []


async def test_beginning_anew(page: Screen) -> None:
    """After a press it is the first day again: the chats are empty, and the bot is there and knows nobody."""
    await register(page)
    await page.page.get_by_role("button", name="Begin anew").click()
    await page.page.get_by_role("dialog").get_by_role("button", name="Begin anew").click()
    await expect(page.page.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.page.locator(".message")).to_have_count(0)
    await page.start()
    await page.sees("Hi Ada!")
    await expect(page.page.locator(".key", has_text="Create an account")).to_be_visible()


async def test_the_bot_goes_by_the_playgrounds_clock(page: Screen) -> None:
    """Five weeks later, which take five presses, a sign-in of thirty days has ended."""
    await register(page)
    await page.say("/me")
    await page.sees("ada@example.org")
    await page.page.get_by_role("button", name="Move the clock on").click()
    for weeks in range(1, 6):
        await page.page.get_by_role("button", name="1 week", exact=True).click()
        await expect(page.page.locator("#ahead")).to_have_text(f"+{weeks}w")
    await page.page.get_by_role("button", name="Done", exact=True).click()
    await page.say("/me")
    await page.sees("not signed in")
    assert page.complaints == []
