"""Whatever a person sends, in whatever order, the registration answers and stays whole."""

from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.playground.journal import Call
from db.models import ChatSession, ShelvedUpdate, User
from tests.chat import PASSWORD, Person, World

Step: TypeAlias = tuple[str, str | int]

WORDS = (
    "Ada",
    "{name}@example.org",
    "other.{name}@example.org",
    "another horse",
    "short",
    "x" * 100,
    "é" * 40,
    '<b>&"{0}',
)
COMMANDS = (
    *("/register", "/login", "/login {name}@example.org", "/login {name}@example.org word", "/cancel", "/start"),
    *("/start c_NONE", "/help", "/me", "/courses tea", "/enroll X", "/nonsense", "/", "/register@syllabot_bot now"),
)
ACTS = ("back", "skip", "cancel", "finish", "drop", "student", "instructor", "x")
FORGED = (
    *(f"d:register/{question}:{act}" for question in ("name", "email", "password", "role") for act in ACTS),
    *(
        "d:login/email:back",
        "d:login/password:finish",
        "leave:0",
        "leave:1",
        "leave:7",
        "reg",
        "in",
        "help",
        "d::",
        "d",
    ),
)
visible = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=80)
steps: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(WORDS)),
    st.tuples(st.just("say"), st.sampled_from(WORDS)),
    st.tuples(st.just("say"), st.sampled_from(COMMANDS)),
    st.tuples(st.just("say"), visible.filter(str.strip)),
    st.tuples(st.just("press"), st.integers(0, 30)),
    st.tuples(st.just("press"), st.integers(0, 3)),
    st.tuples(st.just("forge"), st.sampled_from(FORGED)),
    st.tuples(st.just("forge"), st.text(min_size=1, max_size=16)),
    st.tuples(st.just("edit"), st.integers(0, 10)),
    st.tuples(st.just("sticker"), st.just(0)),
)

BEGINNING: list[Step] = [("say", "Ada"), ("say", "{name}@example.org"), ("say", PASSWORD), ("press", 0)]


async def act(person: Person, step: Step) -> None:
    """Does what a step says, as far as a person could."""
    kind, what = step
    mine = [message for message in person.chat if not message.from_bot]
    buttons = [(message, button) for message in reversed(person.chat) for button in message.buttons if button.data]
    match kind, what:
        case "say", str():
            words = what.replace("{name}", f"ada{person.id}")
            person.world.miniature.say(person.id, words)
        case "press", int() if buttons:
            message, button = buttons[what % len(buttons)]
            person.world.miniature.press(person.id, message.id, button.data or "")
        case "forge", str():
            person.world.miniature.forge(person.id, person.chat[-1].id if person.chat else 1, what)
        case "edit", int() if mine and mine[what % len(mine)].kind == "text":
            person.world.miniature.edit(person.id, mine[what % len(mine)].id, "/login ada@example.org word")
        case _:
            person.world.miniature.send_file(person.id, "sticker", b"sticker")
    await person.world.settle()


def harmless(call: Call) -> bool:
    """Whether Telegram took a call, or refused what was so already."""
    return call.error is None or any(
        words in str(call.error) for words in ("message is not modified", "message to delete not found")
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begun=st.integers(0, len(BEGINNING)), script=st.lists(steps, min_size=1, max_size=15))
async def test_any_script_is_answered(world: World, begun: int, script: list[Step]) -> None:
    """Every update gets an answer, none fails, no secret is kept, and nobody gets two accounts."""
    person = world.person("Ada")
    users = await world.count(User)
    await person.send("/register")
    for step in (*BEGINNING[:begun], *script):
        before = len(world.miniature.calls)
        await act(person, step)
        new = list(world.miniature.calls)[before:]
        spoken = [call for call in new if call.method in {"sendMessage", "editMessageText"}]
        assert spoken, f"{step} met silence"
        assert all(map(harmless, new)), [call for call in new if not harmless(call)]
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == person.id)
    assert PASSWORD not in str(session.dialog)
    assert await world.count(User) - users <= 1
    assert await world.count(ShelvedUpdate) == 0
