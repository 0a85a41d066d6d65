"""Editing: what a course says about itself, its language and its cover picture."""

from bot.playground.images import PIXEL
from db.models import Course
from handlers.desk_presses import SetLanguage
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student, meet_author

DETAILS = "\n\nLanguage: not said\nCover picture: none"


async def open_edit(world: World, description: str = "") -> Person:
    """Returns an author who has what their only course says before them."""
    ivan = await meet_author(world)
    await make_course(world, description=description)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Edit")
    return ivan


async def the_course(world: World) -> Course:
    [course] = await world.rows(Course)
    assert isinstance(course, Course)
    return course


async def test_what_a_course_says_is_shown(world: World) -> None:
    """In place of the desk, with a button for each thing, and the way back."""
    ivan = await open_edit(world)
    assert ivan.last.text == f"Compilers 101\n\nNo description yet.{DETAILS}"
    assert ivan.labels == ["Title", "Description", "Language", "Cover picture", "‹ Desk"]
    shown = ivan.last
    assert (await ivan.press("‹ Desk")).id == shown.id


async def test_a_course_gets_another_title(world: World) -> None:
    """80 characters are taken, one more is not; the code stays, for links have it."""
    ivan = await open_edit(world)
    assert (await ivan.press("Title")).text == "Course title\nWhat should it be called? (up to 80 characters)"
    assert "81 characters" in (await ivan.send("x" * 81)).text
    assert (await ivan.send('<b>&"')).text.startswith('<b>&"\n\nNo description yet.')
    assert ((await the_course(world)).title, (await the_course(world)).code) == ('<b>&"', "COMP1")
    await ivan.press("Title")
    await ivan.send("x" * 80)
    assert (await the_course(world)).title == "x" * 80


async def test_a_course_gets_another_description(world: World) -> None:
    """2000 characters are taken, one more is not, and it can have none."""
    ivan = await open_edit(world, "In ten evenings.")
    await ivan.press("Description")
    assert ivan.labels == ["No description", "Cancel"]
    assert "2001 characters" in (await ivan.send("y" * 2001)).text
    await ivan.send("y" * 2000)
    assert (await the_course(world)).description == "y" * 2000
    await ivan.press("Description")
    assert "No description yet." in (await ivan.press("No description")).text
    assert (await the_course(world)).description == ""
    assert (await the_course(world)).title == "Compilers 101"


async def test_a_course_says_its_language(world: World) -> None:
    """Languages are chosen by their own names; students read it on the card, and it can be left unsaid again."""
    ivan = await open_edit(world)
    ada = await make_student(world)
    assert (await ivan.press("Language")).text == "Which language is Compilers 101 in?"
    assert {"Deutsch", "English", "日本語", "Do not say ✓", "‹ Edit"} < set(ivan.labels)
    assert "Language: Deutsch" in (await ivan.press("Deutsch")).text
    assert (await the_course(world)).language == "de"
    assert "2 lessons · 0 students · Deutsch\nCode: COMP1" in (await ada.send("/start c_COMP1")).text
    await ivan.press("Language")
    assert "Deutsch ✓" in ivan.labels
    assert "Language: not said" in (await ivan.press("Do not say")).text
    assert (await the_course(world)).language is None


async def test_a_language_that_nobody_offers_is_none(world: World) -> None:
    """A forged tag is no language, and one that is stored all the same breaks no card."""
    ivan = await open_edit(world)
    assert "Language: not said" in (await ivan.forge(ivan.last.id, SetLanguage(1, "xx").pack())).text
    assert (await the_course(world)).language is None
    async with world.application.database.transaction() as repos:
        course = await repos.courses.get(1)
        assert course is not None
        await repos.courses.describe(course._replace(language="xx"))
    assert "0 students · xx" in (await ivan.send("/start c_COMP1")).text


async def test_a_course_gets_a_cover(world: World) -> None:
    """The card is the photo with what the course says as its caption, without the words that came with the photo."""
    ivan = await open_edit(world, "In ten evenings.")
    assert (await ivan.press("Cover picture")).text.startswith("Cover picture\nSend a photo.")
    assert (await ivan.send("A photo")).text == "Please send a photo."
    await ivan.send_file("document", PIXEL, filename="cover.png", mime_type="image/png")
    assert ivan.last.text == "That picture came as a file. Please send it as a photo."
    await ivan.send_file("photo", PIXEL, caption="My holidays")
    assert "Cover picture: yes" in ivan.last.text
    cover = (await the_course(world)).cover
    assert cover is not None
    assert (cover["kind"], cover["text"]) == ("photo", "")
    ada = await make_student(world)
    card = await ada.send("/start c_COMP1")
    assert card.caption == "Compilers 101\nby Ivan Petrov\n\nIn ten evenings.\n\n2 lessons · 0 students\nCode: COMP1"
    assert card.kind == "photo"
    assert ada.labels == ["Enroll", "‹ Courses"]


async def test_under_a_cover_the_buttons_work(world: World) -> None:
    """From the list to the card, to the lessons and back: each press is answered, with a new message where it must."""
    ivan = await open_edit(world)
    await ivan.press("Cover picture")
    await ivan.send_file("photo", PIXEL)
    ada = await make_student(world)
    listed = await ada.send("/courses")
    card = await ada.press("1")
    assert card.kind == "photo"
    assert card.id > listed.id
    assert "You are enrolled" in (await ada.press("Enroll")).text
    assert (await ada.press("‹ Courses")).text.startswith("Courses · 1")
    assert any(message.kind == "photo" for message in ada.chat)


async def test_a_long_text_follows_its_cover(world: World) -> None:
    """A caption has 1024 characters; a card that says one more is the photo, and then the text with the buttons."""
    ivan = await open_edit(world)
    await ivan.press("Cover picture")
    await ivan.send_file("photo", PIXEL)
    rest = len("Compilers 101\nby Ivan Petrov\n\n") + len("\n\n2 lessons · 0 students\nCode: COMP1")
    ada = await make_student(world)
    for length, is_caption in ((1024 - rest, True), (1025 - rest, False)):
        await ivan.press("Description")
        await ivan.send("y" * length)
        card = await ada.send("/start c_COMP1")
        assert (card.kind == "photo") is is_caption
        assert ada.labels == ["Enroll", "‹ Courses"]
        assert len((card.caption if is_caption else card.text) or "") == length + rest
        photo = [message for message in ada.chat if message.kind == "photo"][-1]
        assert photo.id == (card.id if is_caption else card.id - 1)


async def test_a_cover_is_removed(world: World) -> None:
    """The card is a text again, and the button is gone."""
    ivan = await open_edit(world)
    await ivan.press("Cover picture")
    await ivan.send_file("photo", PIXEL)
    assert "Remove the cover" in ivan.labels
    assert "Cover picture: none" in (await ivan.press("Remove the cover")).text
    assert "Remove the cover" not in ivan.labels
    assert (await the_course(world)).cover is None
    ada = await make_student(world)
    assert (await ada.send("/start c_COMP1")).text.startswith("Compilers 101\nby Ivan")


async def test_a_cover_of_another_bot_or_version_hides_no_card(world: World) -> None:
    """Without a file for this bot, or written by a newer version, the card is a text."""
    course, ada = await make_course(world), await make_student(world)
    await enroll(world, ada, course)
    for cover in ({"version": 1, "kind": "photo", "text": ""}, {"version": 99}):
        async with world.application.database.transaction() as repos:
            await repos.courses.set_cover(course.id, cover, world.clock())
        assert (await ada.send("/start c_COMP1")).text.startswith("Compilers 101\nby Ivan")
