"""QR codes: a link as a picture, to be printed or shown on a wall."""

import io

from db.records import CourseRecord
from db.repositories import Repositories
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Picture, keyboard
from handlers.kit.router import Router
from handlers.kit.text import Bold, Translator, lines

# Pixels a module: a link of fifty signs makes a picture of some 450 by 450, which a phone shows and reads well.
SCALE = 12


async def _link(_repos: Repositories, arguments: Arguments) -> str:
    link: str = arguments["link"]
    return link


def draw_qr(link: str, _to: Translator) -> bytes:
    """Returns a PNG of a QR code, with the white border of four modules that readers need."""
    import segno  # noqa: PLC0415 -- not before somebody wants a picture

    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="png", scale=SCALE, border=4)
    return file.getvalue()


qr = Renderer("qr", fetch=_link, draw=draw_qr)
router = Router(renderers=[qr])


def qr_picture(course: CourseRecord, link: str, file_name: str, back: Button) -> Picture:
    """Returns a link to a course as a picture, with the link in words below."""
    return Picture(qr, file_name, {"link": link}, lines(Bold(course.title), link), keyboard(back))
