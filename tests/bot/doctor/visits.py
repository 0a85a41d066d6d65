"""A visit of the doctor's, without the printing."""

from typing import Any

from bot.doctor.checks import CHECKS
from bot.doctor.facts import gather
from bot.doctor.finding import Finding
from bot.settings import load_settings


async def visit(**settings: Any) -> dict[str, Finding]:
    """Returns what is found under these settings, by the checks' names."""
    facts = await gather(load_settings(None, **settings))
    return {check.name: found for check in CHECKS if (found := check.look(facts)) is not None}
