"""A call of every method of the repository of reminders."""

from collections.abc import Awaitable
from typing import Any

from db.reminding import Mute, Thing
from db.repositories import Repositories
from tests.db.givens import ID, LATER, NEW, NOW, Call, given

PEOPLE = [ID, ID + 1, NEW]
MUTE, THING = Mute(ID, "next", ID), Thing(ID, "next", ID, 1, NOW, None)


def plan(repos: Repositories) -> Awaitable[Any]:
    return repos.reminders.lock(ID)


CALLS: dict[str, Call] = {
    "reminders.get": lambda repos: repos.reminders.get(ID),
    "reminders.lock": lambda repos: repos.reminders.lock(ID),
    "reminders.begin": lambda repos: repos.reminders.begin(ID, LATER),
    "reminders.save": given(plan, lambda repos, one: repos.reminders.save([one])),
    "reminders.claim": lambda repos: repos.reminders.claim(NOW, limit=5),
    "reminders.claim of many": lambda repos: repos.reminders.claim(LATER, limit=5),
    "reminders.list_waiting": lambda repos: repos.reminders.list_waiting(PEOPLE),
    "reminders.list_mutes": lambda repos: repos.reminders.list_mutes(PEOPLE),
    "reminders.mute": lambda repos: repos.reminders.mute(MUTE),
    "reminders.unmute": lambda repos: repos.reminders.unmute(MUTE),
    "reminders.list_things": lambda repos: repos.reminders.list_things(PEOPLE),
    "reminders.put": lambda repos: repos.reminders.put([THING]),
    "reminders.bring_forward": lambda repos: repos.reminders.bring_forward(PEOPLE, NOW),
    "reminders.take_back": lambda repos: repos.reminders.take_back(ID, NOW),
}
