"""Callback data, both ways and at its edges."""

import enum
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import defstruct

from handlers import presses
from handlers.kit.dialog import DialogPress
from handlers.kit.pages import Direction
from handlers.kit.press import MAX_DATA_BYTES, BadPress, Digits, Press, Words, _extra, _hints
from handlers.presses import Desk, DeskLessons, ListCourses, MoveLesson, ShowCourse

ALL: list[type[Press]] = [
    DialogPress,
    *(one for one in vars(presses).values() if isinstance(one, type) and issubclass(one, Press) and one.prefix),
]
MOST = 2**63 - 1


def values(hint: Any, *, is_last: bool) -> st.SearchStrategy[Any]:
    """Returns all that a field of this type may hold."""
    extra, kind = _extra(hint), getattr(hint, "__origin__", hint)
    if isinstance(extra, Words):
        most = extra.max_bytes
        signs = st.characters(exclude_categories=["Cs"], exclude_characters="\0" if is_last else "\0:")
        return st.text(signs, max_size=most).filter(lambda text: len(text.encode()) <= most)
    if kind in {int, int | None}:
        most = 10**extra.most - 1 if extra else MOST
        number = st.integers(-most, most)
        return number if kind is int else st.none() | number
    return st.sampled_from(kind)


def instances(press: type[Press]) -> st.SearchStrategy[Press]:
    """Returns all buttons of a kind."""
    hints = list(_hints(press).values())
    return st.tuples(*(values(hint, is_last=hint is hints[-1]) for hint in hints)).map(lambda fields: press(*fields))


def test_all_presses_are_known() -> None:
    """The house has many buttons, each with a prefix of its own and room for all its values."""
    assert len(ALL) > 20
    assert len({press.prefix for press in ALL}) == len(ALL)
    for press in ALL:
        press.check()


@given(press=st.sampled_from(ALL).flatmap(instances))
def test_a_press_comes_back_as_it_went(press: Press) -> None:
    """Whatever a button carries fits, and is read again as it was written."""
    data = press.pack()
    assert 1 <= len(data.encode()) <= MAX_DATA_BYTES
    assert type(press).unpack(data) == press


@given(kind=st.sampled_from(ALL), rest=st.text(alphabet="0123456789-+_ :ab٣ \0\n\u0300", max_size=24) | st.text())
@example(kind=ShowCourse, rest="")
def test_forged_data_is_read_as_written_or_not_at_all(kind: type[Press], rest: str) -> None:
    """No two data mean the same button: what is accepted packs to the very same data."""
    for data in (f"{kind.prefix}:{rest}", f"{kind.prefix}{rest}", rest):
        try:
            press = kind.unpack(data)
        except BadPress:
            continue
        assert press.pack() == data


NO_NUMBERS = (
    *("007", "+1", "-0", "-", "", " 1", "1 ", "1_0", "٣", "1.0", "1e3", "0x1", "True"),
    *("9" * 19, "-" + "9" * 19, "1" * 20),
)


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_number_has_one_spelling(number: str) -> None:
    """What Python would read as a number is refused, and so is one that no database has."""
    with pytest.raises(BadPress):
        ShowCourse.unpack(f"c:{number}")


@pytest.mark.parametrize("number", [0, 1, -1, MOST, -MOST])
def test_the_largest_numbers_fit(number: int) -> None:
    """A key may be as large as the databases' largest."""
    assert ShowCourse.unpack(f"c:{number}") == ShowCourse(number)


def test_digits_are_counted() -> None:
    """A field with few digits takes no more than them, whatever its sign."""
    assert DeskLessons.unpack("dl:1:9999") == DeskLessons(1, 9999)
    for page in ("10000", "-10000"):
        with pytest.raises(BadPress):
            DeskLessons.unpack(f"dl:1:{page}")


@pytest.mark.parametrize(
    "data", ["cs:a::1", "cs:c::1:", "cs:A::1:", "cs:a::1:" + "é" * 19, "cs:a::1:\0", "CS:a::1:", ""]
)
def test_other_fields_are_checked_too(data: str) -> None:
    """Too few fields, no member of the enum, too many bytes, a sign that no database takes."""
    with pytest.raises(BadPress):
        ListCourses.unpack(data)


def test_the_last_words_may_have_colons() -> None:
    """What people search for is theirs."""
    press = ListCourses(Direction.BEFORE, 5, 2, "a:b::")
    assert ListCourses.unpack(press.pack()) == press
    assert press.pack() == "cs:b:5:2:a:b::"


class Colour(enum.StrEnum):
    RED = "red"
    ULTRAMARINE = "ultramarine"


def declare(prefix: str, **hints: Any) -> type[Press]:
    """Returns a press of these fields."""
    made = defstruct("Made", hints.items(), bases=(Press,), namespace={"prefix": prefix})
    assert issubclass(made, Press)
    return made


def test_64_bytes_are_the_edge() -> None:
    """A press that may need 64 bytes is declared, one that may need 65 is an error."""
    declare("x" * 43, number=int).check()
    with pytest.raises(TypeError, match="at most 64 bytes, not 65"):
        declare("x" * 44, number=int).check()
    declare("xx", colour=Colour, words=Annotated[str, Words(49)]).check()
    with pytest.raises(TypeError):
        declare("xx", colour=Colour, words=Annotated[str, Words(50)]).check()
    with pytest.raises(TypeError):
        declare("é" * 22, number=int).check()
    with pytest.raises(TypeError):
        declare("x" * 44, number=Annotated[int | None, Digits(19)]).check()


@pytest.mark.parametrize("prefix", ["", "a:b", ":"])
def test_a_press_needs_a_prefix(prefix: str) -> None:
    """Without one, or with one that is two words, it could not be found again."""
    with pytest.raises(TypeError):
        declare(prefix, number=int).check()


@pytest.mark.parametrize("hint", [str, float, bytes, list, dict[str, int], enum.Enum])
def test_a_press_has_room_for_few_types(hint: Any) -> None:
    """Words without a longest form, fractions and the like are an error where they are declared."""
    with pytest.raises(TypeError):
        declare("x", value=hint).check()


def test_kinds_are_told_apart() -> None:
    """One prefix that begins another, as `d`, `desk` and `dl` do, is no mistake."""

    class Short(Press):
        prefix: ClassVar[str] = "des"
        number: int

    assert Desk.unpack("desk:1") == Desk(1)
    for kind, data in ((Short, "desk:1"), (Desk, "des:1"), (MoveLesson, "mv:1:1"), (MoveLesson, "mv:1:1:1:1")):
        with pytest.raises(BadPress):
            kind.unpack(data)
