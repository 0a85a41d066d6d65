"""Media on their way out: where a call has a reference to a file, it gets what this bot can send.

That is what this bot calls the file, or what the file was when it came, or a copy from the store: the first of these
that Telegram takes, and then the bot knows what to call it. Where there is none, words take the file's place.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest

from bot.api import Api
from bot.clock import Clock
from bot.parts import Copy, Part, file_id_in, split, steps
from bot.store import Store
from db.repositories.media import Known
from db.transaction import Database, is_temporary
from handlers.kit.content import Kind
from handlers.kit.rich import RichText

log = logging.getLogger(__name__)

# How a copy is called whose sender did not say.
_NAMES = {
    Kind.PHOTO: "photo.jpg",
    Kind.VIDEO: "video.mp4",
    Kind.ANIMATION: "animation.mp4",
    Kind.AUDIO: "audio.mp3",
    Kind.VOICE: "voice.oga",
    Kind.DOCUMENT: "document",
}
# How Telegram says that it is the file that it does not take (telegram-bot-api's Client.cpp, TDLib, and itself).
_NOT_TAKEN = (
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "invalid file_id",
    "can't use file of type",
    "file must be non-empty",
    "file_reference_",
    "image_process_failed",
    "media_empty",
    "media_invalid",
    "photo_invalid",
)
_GAP = RichText("\n\n")


class MediaCalls:
    """The Bot API, which takes references to files."""

    def __init__(self, api: Api, database: Database, store: Store, clock: Clock) -> None:
        """Looks files up in the database, and sends copies from the store."""
        self._api = api
        self._database = database
        self._store = store
        self._clock = clock

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Returns the JSON result of a call; when it took several, that of the last.

        Raises:
            telegram.error.TelegramError: as every call does.
            sqlalchemy.exc.DBAPIError: when the database is away, and nothing was sent.
        """
        parts, common = split(params)
        if not parts:
            return await self._api.call(method, params)
        await self._find_ways(parts)
        return await self._show(parts, common)

    async def _find_ways(self, parts: Sequence[Part]) -> None:
        wanted = {part.medium for part in parts if part.medium}
        async with self._database.reading() as repos:
            found = await repos.media.find(wanted, self._api.id)
        lost = [await self._add_ways(part, found.get(part.medium or "")) for part in parts]
        if any(lost):
            async with self._database.transaction() as repos:
                await repos.media.lose(filter(None, lost), self._clock())

    async def _add_ways(self, part: Part, known: Known | None) -> str | None:
        """Puts together how a file can be sent; returns its unique id when the store has lost the copy."""
        if known is None:
            return None
        part.own, part.file_name = known.own, known.medium.file_name or ""
        came_as = [way for way in part.ways if way not in known.foreign]
        part.ways = list(dict.fromkeys([*([known.own] if known.own else []), *came_as]))
        medium = known.medium
        if medium.sha256 is None:
            return None
        # What this bot has a name for is hardly ever sent from its copy: no look at the disk for that.
        if known.own is None and not await asyncio.to_thread(self._store.has, medium.sha256):
            return medium.unique_id
        facts = {name: value for name, value in (medium.facts or {}).items() if name in part.kind.facts}
        part.ways.append(Copy(medium.sha256, medium.file_name or _NAMES[part.kind], facts))
        return None

    async def _show(self, parts: Sequence[Part], common: Mapping[str, Any]) -> Any:
        """Sends parts as one message or album, then words for those that are missing; what is refused, the next way."""
        result = None
        while here := [part for part in parts if part.ways]:
            try:
                result = await self._send(here, common)
                break
            except BadRequest as error:
                is_unknown = len(here) == 1 and here[0].medium is None
                if is_unknown or not any(words in error.message.lower() for words in _NOT_TAKEN):
                    raise
                log.warning("a file is not taken: %s", error.message)
                if len(here) > 1 and not all(steps(here)):
                    # Nobody knows which one it is, and the others are not to vanish with it.
                    return [await self._show([part], common) for part in parts][-1]
                for part, ways in zip(here, steps(here), strict=True):
                    part.ways = ways
            except FileNotFoundError as error:
                log.warning("a copy is not there: %s", error.filename)
                for part in here:
                    part.ways = [way for way in part.ways if isinstance(way, str) or self._store.has(way.name)]
        for part in parts:
            if not part.ways:
                result = await self._say_missing(part, common)
        return result

    async def _send(self, parts: Sequence[Part], common: Mapping[str, Any]) -> Any:
        with ExitStack() as stack:
            files: list[InputFile] = []
            media = [await self._attach(part, stack, files) for part in parts]
            if len(parts) == 1:
                kind = parts[0].kind
                [described] = media
                params = {**common, **described, kind.value: described["media"]}
                del params["media"], params["type"]
                result = await self._api.call(f"send{kind.capitalize()}", params, files)
                await self._remember(parts, [result])
            else:
                result = await self._api.call("sendMediaGroup", {**common, "media": media}, files)
                await self._remember(parts, result)
        return result

    async def _attach(self, part: Part, stack: ExitStack, files: list[InputFile]) -> dict[str, Any]:
        """Returns an InputMedia; a copy is opened, and goes along."""
        described = {"type": part.kind.value, **part.looks}
        way = part.ways[0]
        if isinstance(way, str):
            return {**described, "media": way}
        handle = await asyncio.to_thread(self._store.path(way.name).open, "rb")
        file = InputFile(stack.enter_context(handle), way.file_name, attach=True, read_file_handle=False)
        files.append(file)
        # Else Telegram makes a video of a document that looks like one.
        plain = {"disable_content_type_detection": True} if part.kind is Kind.DOCUMENT else {}
        return {**described, **way.facts, **plain, "media": file.attach_uri}

    async def _remember(self, parts: Sequence[Part], messages: Sequence[Any]) -> None:
        """Keeps what this bot calls the files from now on. That they have been sent is no less true when it fails."""
        news = [
            (part, file_id)
            for part, message in zip(parts, messages, strict=False)
            if part.medium and part.ways[0] != part.own and (file_id := file_id_in(message, part.kind))
        ]
        if not news:
            return
        try:
            async with self._database.transaction() as repos:
                for part, file_id in sorted(news, key=lambda each: each[0].medium or ""):
                    await repos.media.remember(part.medium or "", part.kind.value, self._api.id, file_id, self._clock())
        except Exception as error:  # whatever it is, the message is there
            log.warning("what files are called is found out again", exc_info=not is_temporary(error))

    async def _say_missing(self, part: Part, common: Mapping[str, Any]) -> Any:
        name = f"{part.kind} {part.medium} {part.file_name}".rstrip()
        log.error("%s is missing: this bot has no file id for it, and %s no copy", name, self._store.directory)
        caption = RichText(part.looks.get("caption", ""), tuple(part.looks.get("caption_entities", ())))
        said = RichText(part.missing) if caption.is_blank else RichText(part.missing) + _GAP + caption
        if said.is_blank:
            return None
        return await self._api.call("sendMessage", {**common, **said.to_json()})
