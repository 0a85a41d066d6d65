"""Days as people read them: of the week, and in the calendar, in the reader's language."""

import datetime as dt
from collections.abc import Sequence

from babel.dates import format_date, get_day_names
from babel.lists import format_list
from markupsafe import Markup, escape
from msgspec import Struct

from handlers.kit.text import Translator


class Weekdays(Struct, frozen=True):
    """Days of the week, in short: `Mon, Wed, and Fri`. Monday is 0."""

    days: Sequence[int]

    def render(self, translator: Translator) -> Markup:
        """Returns the names with what the language puts between them."""
        # The one style that Babel has for all languages.
        names = get_day_names("abbreviated", "stand-alone", translator.locale)
        return escape(format_list([names[day] for day in self.days], "standard", translator.locale))


class Date(Struct, frozen=True):
    """A day of the calendar: `Thu 24 Dec`, with the year when it is another one than today's."""

    date: dt.date
    today: dt.date

    def render(self, translator: Translator) -> Markup:
        """Returns the date as the language writes it."""
        pattern = "EEE d MMM" if self.date.year == self.today.year else "EEE d MMM y"
        return escape(format_date(self.date, pattern, locale=translator.locale))
