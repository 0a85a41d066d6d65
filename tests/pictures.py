"""Pictures of the main screens: `make pictures` takes them from the real page, before the real bot.

Each screen is taken light, dark and on a phone, into `build/pictures`, to be looked at. Those that the README shows are
also kept in `docs`.
"""

import asyncio
import datetime as dt
import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import expect

from tests.bot.playground.page.test_story import broadcast, register, write_course
from tests.browser import PHONE, ROOT, Screen, browsing, playground, screen

DOCS, LOOKED_AT = ROOT / "docs", ROOT / "build" / "pictures"
WIDE, WIDER = {"width": 1000, "height": 720}, {"width": 1280, "height": 720}
# Colours of a picture. Each more is bytes that everybody downloads.
COLOURS = 256


class Photographer:
    """Takes pictures of what is on the page."""

    def __init__(self, page: Screen) -> None:
        self._page = page
        self._kept = set(re.findall(r"\(docs/([\w-]+)\.png\)", (ROOT / "README.md").read_text()))

    async def take_all(self, name: str) -> None:
        """Takes a screen in all its looks; the page is left light and wide."""
        await self.take(name)
        await self.take(f"{name}-dark", is_dark=True)
        await self.take(f"{name}-phone", PHONE)
        await self.take(f"{name}-phone-dark", PHONE, is_dark=True)

    async def take(self, name: str, size: dict[str, int] = WIDE, *, is_dark: bool = False) -> None:
        """Takes one picture, where a mouse and a cursor are nowhere in sight, nor a toast."""
        page = self._page.page
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="reduce")
        await page.evaluate("document.activeElement.blur()")
        await page.mouse.move(0, 0)
        await expect(page.locator(".toast")).to_have_count(0)
        taken = Image.open(io.BytesIO(await page.screenshot(animations="disabled")))
        small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        for folder in (LOOKED_AT, *([DOCS] if name in self._kept else [])):
            await asyncio.to_thread(small.save, folder / f"{name}.png", optimize=True)
        await page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")


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


async def study(page: Screen, camera: Photographer) -> None:
    """A student's screens: a lesson in pictures, one in words, and the settings."""
    await register(page)
    await begin(page, "compil", "Lexing")
    for picture in await page.page.locator(".theirs img").all():
        await picture.scroll_into_view_if_needed()  # they are loaded when they come into sight
        await expect(picture).to_have_js_property("naturalWidth", 640)
    await page.page.get_by_role("button", name="Done").scroll_into_view_if_needed()
    await camera.take_all("album")
    await page.press("Done")
    await page.sees("Well done, Ada!")
    await begin(page, "lasts", "Recall beats rereading")
    await camera.take_all("lesson")
    await page.press("Done")
    await page.sees("20 %")
    await page.say("/settings")
    await page.sees("ada@example.org")
    await camera.take_all("settings")


async def be_reminded(page: Screen, camera: Photographer) -> None:
    """The next evening: how a student wishes to be reminded, the reminder, what its buttons lead to, what is coming."""
    await page.say("/reminders")
    await page.sees("Quiet: 22:00 to 08:00")
    await page.press("Hour: 19:00")
    await page.sees("At which hour")
    await page.press("19:00")
    await page.sees("Quiet: 22:00 to 08:00")
    await camera.take_all("reminders")
    await move_to(page, hour=19, minute=20)
    await page.sees("Good evening, Ada")
    await camera.take_all("reminder")
    for label, words in (("Later", "When shall I"), ("Why this?", "once a day at most"), ("Mute", "Of what")):
        await page.press(label)
        await page.sees(words)
        await camera.take_all(label.split()[0].lower())
        await page.press("‹ The reminder")
        await page.sees("Good evening, Ada")
    await page.say("/upcoming")
    await page.sees("What is coming")
    await camera.take_all("upcoming")


async def move_to(page: Screen, *, hour: int, minute: int) -> None:
    """Moves the playground's clock to a time of tomorrow, by UTC."""
    now = dt.datetime.now(dt.UTC)
    then = now.replace(hour=hour, minute=minute) + dt.timedelta(days=1)
    forward = "seconds => import('/api.js').then(api => api.forward(seconds))"
    await page.page.evaluate(forward, round((then - now).total_seconds()))


async def teach(page: Screen, camera: Photographer) -> None:
    """An instructor's desk, of a course that somebody takes."""
    await page.be("Ivan")
    await page.say("/mycourses")
    await page.sees("My courses · 2")
    await camera.take_all("courses")
    await page.press("2")
    await page.sees("5 lessons · 1 student")
    await camera.take_all("desk")


async def administer(page: Screen, camera: Photographer) -> None:
    """An admin's menu, under the report of a broadcast."""
    await broadcast(page)
    await page.say("/admin")
    await page.sees("Nobody waits for an answer.")
    await camera.take_all("admin")


async def look_behind(page: Screen, camera: Photographer) -> None:
    """What is for developers: the calls behind the last answer; and the commands as they are typed."""
    await page.be("Ada")
    await page.text.press_sequentially("/")
    await camera.take_all("commands")
    await page.page.get_by_role("button", name="Bot API calls").click()
    await page.say("/progress")
    await page.sees("Compilers 101")
    await page.page.locator("#calls-list summary").last.click()
    await camera.take("calls", WIDER)
    await camera.take("calls-dark", WIDER, is_dark=True)


async def main() -> None:
    """Takes all pictures."""
    LOOKED_AT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with playground(Path(folder)) as address, browsing() as browser, screen(browser, address, WIDE) as page:
            camera = Photographer(page)
            await write_course(page)
            await study(page, camera)
            await be_reminded(page, camera)
            await teach(page, camera)
            await administer(page, camera)
            await look_behind(page, camera)


if __name__ == "__main__":
    asyncio.run(main())
