"""Sharing a course: its link, in words and as a picture."""

import re

from db.models import CourseStatus
from handlers.kit.text import Catalogs
from handlers.qr import draw_qr
from tests.chat import World
from tests.factories import make_course, meet_author, set_status
from tests.german import catalogs

__all__ = ["catalogs"]


async def test_the_link_of_a_course_opens_it(world: World) -> None:
    """The desk shows it; whoever opens it sees the course's card."""
    ivan = await meet_author(world)
    course = await make_course(world)
    await ivan.send("/mycourses")
    await ivan.press("1")
    message = ivan.last.id
    shown = await ivan.press("Share")
    assert shown.id == message
    assert shown.text == (
        "Compilers 101\n\n"
        "Whoever opens this link sees the course, and can enroll:\n"
        "https://t.me/syllabot_bot?start=c_COMP1\n\n"
        "It is in /courses, too, and goes by the code COMP1."
    )
    assert ivan.labels == ["QR picture", "Only by invitation", "‹ Desk"]
    payload = re.findall(r"start=(\S+)", shown.text)[0]
    assert (await world.person("Ada").send(f"/start {payload}")).text.startswith("Compilers 101\nby Ivan Petrov")
    await set_status(world, course, CourseStatus.DRAFT)
    await ivan.press("‹ Desk")
    assert (await ivan.press("Share")).text == (
        "Compilers 101\n\n"
        "The course is not published yet. Once it is, whoever opens this link can enroll:\n"
        "https://t.me/syllabot_bot?start=c_COMP1\n\n"
        "It is in /courses then, too, and goes by the code COMP1."
    )


async def test_the_link_comes_as_a_picture(world: World) -> None:
    """It is a PNG, with the link in words below, and leads back."""
    ivan = await meet_author(world)
    await make_course(world)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Share")
    await ivan.press("QR picture")
    assert (ivan.last.kind, ivan.file()[:4]) == ("photo", b"\x89PNG")
    assert ivan.last.caption == "Compilers 101\nhttps://t.me/syllabot_bot?start=c_COMP1"
    assert (await ivan.press("‹ Share")).text.startswith("Compilers 101\n\nWhoever")


def test_another_link_is_another_picture(catalogs: Catalogs) -> None:
    """Each holds its link, and is drawn the same each time."""
    to = catalogs.translator("en")
    one, other = (draw_qr(f"https://t.me/bot?start=c_{code}", to) for code in ("COMP1", "COMP2"))
    assert one != other
    assert draw_qr("https://t.me/bot?start=c_COMP1", to) == one
