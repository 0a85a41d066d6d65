"""The picture of the last weeks."""

import datetime as dt
from zoneinfo import ZoneInfo

from db.models import Tallied
from handlers.admin.growth import WEEKS, Growth, draw_growth
from handlers.kit.text import Catalogs
from tests.chat import World
from tests.factories import make_student


async def test_the_picture_is_sent_with_the_way_back(world: World) -> None:
    """It comes as a photo that was drawn after the commit; the menu it leads to is a new message."""
    admin = world.admin()
    await make_student(world, "Ada")
    menu = await admin.send("/admin")
    said = await admin.press("Growth")
    assert (said.kind, said.caption) == ("photo", "The last twelve weeks, each from Monday. This one is not over yet.")
    assert admin.labels == ["‹ Admin"]
    back = await admin.press("‹ Admin")
    assert back.id > said.id > menu.id
    assert back.text.startswith("Admin\n1 person")


def test_any_numbers_are_drawn() -> None:
    """Nothing at all, and millions, are a picture of the same size, in each language."""
    to = Catalogs(ZoneInfo("UTC")).translator("en")
    first = dt.date(2026, 2, 16)
    for top in (0, 1, 4_000_000):
        counts = {kind: [top] * WEEKS for kind in (Tallied.PEOPLE, Tallied.ENROLLMENTS, Tallied.COMPLETIONS)}
        picture = draw_growth(Growth(first, counts), to)
        # https://www.w3.org/TR/png-3/, 11.2.1: width and height follow the header's name.
        assert picture.startswith(b"\x89PNG")
        assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (702, 656)
