"""Reminders in a test: people get plans, and the clock ticks once."""

import datetime as dt
from typing import Any

from db.records import PlanRecord
from handlers.reminders.claiming import Claim
from tests.chat import Person, World
from tests.handlers.reminding import user_id_of

# For so long somebody may have been due: their hour has come meanwhile.
LONG_DUE = dt.timedelta(hours=3)


async def plan_of(world: World, person: Person, **changes: Any) -> PlanRecord:
    """Returns somebody's plan, made when missing, after these changes; by itself it is due in a year."""
    user_id = await user_id_of(world, person)
    async with world.application.database.transaction() as repos:
        await repos.reminders.begin(user_id, world.clock())
        plan = await repos.reminders.lock(user_id)
        assert plan is not None
        for name, value in {"next_due": world.clock() + dt.timedelta(days=365), **changes}.items():
            setattr(plan, name, value)
        await repos.reminders.save([plan])
        return plan


async def look(world: World) -> dict[str, Claim]:
    """Looks at all who are due now; returns what became of each, by name, when all is sent."""
    claims: dict[str, Claim] = {}
    while found := await world.application.reminder.step():
        claims |= {claim.person.name: claim for claim in found}
    await world.settle()
    return claims
