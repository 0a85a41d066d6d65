"""KINDS is what there is to be reminded of: a new kind is declared in a module of its own, and stands here."""

from handlers.reminders.courses import changed, next_lesson, not_begun
from handlers.reminders.kinds import Kind
from handlers.reminders.nudging import nudge
from handlers.reminders.teaching import teaching

KINDS: tuple[Kind, ...] = (next_lesson, changed, not_begun, nudge, teaching)
