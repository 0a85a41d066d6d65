"""The README's pictures: `make pictures` takes them from the real page, before the real bot, of a course that is taken.

Each is looked at before it is committed.
"""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, expect

from tests.bot.playground.page.test_story import register, write_course
from tests.browser import PHONE, ROOT, Screen, browsing, playground, screen

DOCS = ROOT / "docs"
WIDE, WIDER = {"width": 1000, "height": 720}, {"width": 1280, "height": 720}
# Colours of a picture. Each more is bytes that everybody downloads.
COLOURS = 256


async def take(page: Screen, name: str) -> None:
    """Writes what is on the page into a picture of the README."""
    # No toast, no cursor, and nothing under a mouse that is not there.
    await page.page.evaluate("document.activeElement.blur()")
    await page.page.mouse.move(0, 0)
    await expect(page.page.locator(".toast")).to_have_count(0)
    shown = Image.open(io.BytesIO(await page.page.screenshot(animations="disabled")))
    small = shown.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    await asyncio.to_thread(small.save, DOCS / f"{name}.png", optimize=True)


@asynccontextmanager
async def seen_by(
    browser: Browser, address: str, person: str, size: dict[str, int], **options: Any
) -> AsyncIterator[Screen]:
    """Yields the page as one of its people."""
    async with screen(browser, address, size, reduced_motion="reduce", **options) as page:
        await page.be(person)
        yield page


async def begin(ada: Screen, words: str, first: str) -> None:
    """Finds a course, enrolls, and opens its first lesson."""
    await ada.say(f"/courses {words}")
    await ada.sees(f"searching “{words}” · 1")
    await ada.press("1")
    await ada.sees("by Ivan Petrov")
    await ada.press("Enroll")
    await ada.sees("Enjoy!")
    await ada.press(f"Start: {first}")
    await ada.page.get_by_role("button", name="Done").wait_for()


async def main() -> None:
    """Takes all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with playground(Path(folder)) as address, browsing() as browser:
            await take_all(browser, address)


async def take_all(browser: Browser, address: str) -> None:
    """Writes a course, takes it, and has a look from all sides."""
    async with seen_by(browser, address, "Ivan", WIDE) as ivan:
        await write_course(ivan)
        await take(ivan, "instructor")
    async with seen_by(browser, address, "Ada", WIDE) as ada:
        await register(ada)
        await begin(ada, "lasts", "Recall beats rereading")
        await take(ada, "student")
        await begin(ada, "compil", "Lexing")
    async with seen_by(browser, address, "Ada", WIDER, color_scheme="dark") as ada:
        await ada.page.get_by_role("button", name="Bot API calls").click()
        await ada.say("/progress")
        await ada.sees("Compilers 101")
        await ada.page.locator("#calls-list summary").last.click()
        await take(ada, "dark")
    async with seen_by(browser, address, "Ada", PHONE) as ada:
        await ada.text.press_sequentially("/")
        await take(ada, "phone-commands")
    async with seen_by(browser, address, "Ada", PHONE, color_scheme="dark") as ada:
        for picture in await ada.page.locator(".theirs img").all():
            await picture.scroll_into_view_if_needed()  # they are loaded when they come into sight
            await expect(picture).to_have_js_property("naturalWidth", 640)
        await ada.page.locator(".theirs .pictures").last.scroll_into_view_if_needed()
        await take(ada, "phone-dark")


if __name__ == "__main__":
    asyncio.run(main())
