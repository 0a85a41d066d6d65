"""Somebody in front of the playground's page, in a real Chromium."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, FilePayload, Locator, Page, Request, async_playwright, expect

ROOT = Path(__file__).parents[1]
# Far more than anything takes; reached only when it never comes.
PATIENCE_MS = 30_000
WIDE = {"width": 1200, "height": 800}
PHONE = {"width": 390, "height": 844}


def chromium() -> str | None:
    """Returns where a Chromium is, or None: none is downloaded for the tests."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def file(name: str, data: bytes, mime_type: str) -> FilePayload:
    """Returns a file as one attaches it."""
    return {"name": name, "mimeType": mime_type, "buffer": data}


class Screen:
    """The page, and what one does on it; `complaints` are the lines of its console, and what could not be loaded."""

    def __init__(self, page: Page) -> None:
        """Listens to the page's console from now on."""
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self._note_failure)
        page.set_default_timeout(PATIENCE_MS)

    def _note_failure(self, request: Request) -> None:
        # What is under way ends with the page that is left; the stream of events always is.
        if request.failure != "net::ERR_ABORTED" and not request.url.endswith("/play/events"):
            self.complaints.append(f"failed: {request.url}")

    @property
    def text(self) -> Locator:
        """The box that one writes in."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def last(self) -> Locator:
        """The bot's newest message."""
        return self.page.locator(".theirs").last

    @property
    def own(self) -> Locator:
        """One's own newest message."""
        return self.page.locator(".mine").last

    def person(self, name: str) -> Locator:
        """The line of a person in the list; others may speak of them."""
        return self.page.locator("#people .choose", has=self.page.locator("b", has_text=name))

    async def be(self, name: str) -> None:
        """Becomes another person."""
        await self.person(name).click()

    async def start(self) -> None:
        """Presses Start."""
        await self.page.get_by_role("button", name="Start", exact=True).click()

    async def say(self, text: str) -> None:
        """Types a text, and sends it."""
        await self.text.fill(text)
        await self.text.press("Enter")

    async def send(self, *files: FilePayload, caption: str = "") -> None:
        """Attaches files, and sends them."""
        await self.page.set_input_files("#attach", list(files))
        await self.say(caption)

    async def press(self, label: str) -> None:
        """Presses the newest button under a message whose label begins so."""
        await self.page.locator(".key").filter(has_text=label).last.click()

    async def sees(self, words: str) -> None:
        """Waits until the bot's newest message contains these words."""
        await expect(self.last).to_contain_text(words, timeout=PATIENCE_MS)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Yields a Chromium without windows."""
    async with async_playwright() as playwright:
        # Its sandbox needs rights that a container may not give; only our own page is opened.
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@asynccontextmanager
async def screen(browser: Browser, address: str, size: dict[str, int], **options: Any) -> AsyncIterator[Screen]:
    """Yields the page at an address, with the people in it."""
    context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]}, **options)
    found = Screen(await context.new_page())
    await found.page.goto(address)
    await found.page.wait_for_selector("#people li")
    yield found
    await context.close()


@asynccontextmanager
async def playground(folder: Path) -> AsyncIterator[str]:
    """Yields the address of a playground with its bot, as `make run` starts them, in a folder of their own."""
    settings = {"PLAYGROUND_PORT": "0", "BCRYPT_ROUNDS": "4", "BOT_TOKEN": "", "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-m", "bot", "run")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=os.environ | settings, stdout=PIPE, stderr=STDOUT
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_MS / 1000):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("The playground is open at "), line
        yield line.split()[5]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
