"""The doctor's visit: one line for each thing that was looked at."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.doctor.finding import Finding, Level, good, wrong
from bot.logs import configure, redactor
from bot.settings import ENV_FILE, SettingsError, load_settings

Say = Callable[[str], object]


class Visit:
    """Looks at everything once, and says what it finds as soon as it knows."""

    def __init__(self, say: Say) -> None:
        """Says each line with `say`."""
        self._say = say
        self._levels: Counter[Level] = Counter()
        self._hide = redactor(())

    @property
    def is_well(self) -> bool:
        """Whether all was looked at, and nothing keeps the bot from its work."""
        return bool(self._levels) and not self._levels[Level.WRONG]

    async def run(self) -> None:
        """Looks, and changes nothing; takes a quarter of a minute when somebody does not answer."""
        try:
            settings = load_settings()
        except SettingsError as error:
            self._tell("settings", wrong(f"{error}."))
            self._sum_up()
            return
        # What libraries have to say of it is in the findings.
        configure("CRITICAL", "text", settings.secrets)
        self._hide = redactor(settings.secrets)
        self._tell("settings", good(f"They are read from {_sources()}."))
        # Not before: `--help` need not load all that a bot is made of.
        from bot.doctor.checks import CHECKS  # noqa: PLC0415
        from bot.doctor.facts import gather  # noqa: PLC0415

        facts = await gather(settings)
        for check in CHECKS:
            finding = check.look(facts)
            if finding is not None:
                self._tell(check.name, finding)
        self._sum_up()

    def _tell(self, name: str, finding: Finding) -> None:
        self._levels[finding.level] += 1
        self._say(self._hide(f"{finding.level:<8} {name:<9} {finding.words}"))

    def _sum_up(self) -> None:
        wrong, careful = self._levels[Level.WRONG], self._levels[Level.CAREFUL]
        if wrong:
            self._say(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
        elif careful:
            self._say(f"Nothing is wrong; {careful} {'thing' if careful == 1 else 'things'} to look at.")
        else:
            self._say("All is well.")


def _sources() -> str:
    return f"the environment and {ENV_FILE}" if Path(ENV_FILE).is_file() else f"the environment; there is no {ENV_FILE}"
