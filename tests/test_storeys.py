"""The house stands: what no tool checks for us about how the code is laid out.

Each rule is a function from a source tree to what breaks it, so that a bad tree can prove that the rule bites.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# From the top down: a storey may import itself and those after it.
STOREYS = ("bot", "handlers", "db")
MAX_LINES = 300
# A longer file, by its path, with the reason.
LONG_FILES: dict[str, str] = {}
NOT_A_NOUN = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})


def python_files(root: Path, *packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Yields the path, from the root, and the syntax of each Python file of these packages."""
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_bytes())


def imports(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields the line and the full name of everything that a file imports, at its top or in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # One dot is the file's own package, each further one its parent.
            package = path.split("/")[: -node.level] if node.level else []
            base = ".".join([*package, *filter(None, [node.module])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def arrows_up(root: Path) -> list[str]:
    """Returns the imports that point from a storey to one above it, or to the tests."""
    return [
        f"{path}:{line} imports {name}"
        for height, storey in enumerate(STOREYS)
        for path, tree in python_files(root, storey)
        for line, name in imports(path, tree)
        if name.split(".")[0] in (*STOREYS[:height], "tests")
    ]


def telegram_ext_below(root: Path) -> list[str]:
    """Returns the imports of PTB's machinery outside of the machine."""
    return [
        f"{path}:{line}"
        for path, tree in python_files(root, "handlers", "db")
        for line, name in imports(path, tree)
        if f"{name}.".startswith("telegram.ext.")
    ]


def commits(root: Path) -> list[str]:
    """Returns the places that commit a transaction."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in python_files(root, *STOREYS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def long_files(root: Path) -> dict[str, int]:
    """Returns the length of each file that is too long to be about one thing."""
    paths = [path for path, _ in python_files(root, *STOREYS, "tests")]
    paths += [
        path.relative_to(root).as_posix() for kind in ("js", "css", "html") for path in root.glob(f"bot/**/*.{kind}")
    ]
    lengths = {path: len((root / path).read_bytes().splitlines()) for path in paths}
    return {path: lines for path, lines in lengths.items() if lines > MAX_LINES}


def nameless_modules(root: Path) -> list[str]:
    """Returns the modules and packages whose name does not say what is in them."""
    return [
        path
        for path, _ in python_files(root, *STOREYS, "tests")
        if NOT_A_NOUN.intersection(path.removesuffix(".py").split("/"))
    ]


def silent_tests(root: Path) -> list[str]:
    """Returns the tests that do not say, in one sentence, which behaviour they are about."""
    return [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in python_files(root, "tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").endswith(".")
    ]


def write(root: Path, path: str, text: str) -> None:
    """Puts a file into a source tree."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_imports_point_down() -> None:
    """No storey imports one that stands above it."""
    assert arrows_up(ROOT) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("db/models/course.py", "import handlers.kit"),
        ("db/models/course.py", "from handlers import kit"),
        ("db/models/course.py", "from ...handlers.kit import request"),
        ("handlers/start.py", "from bot.settings import Settings"),
        ("handlers/start.py", "def late() -> None:\n    import bot"),
        ("bot/app.py", "from tests.conftest import student"),
    ],
)
def test_arrow_up_is_found(tmp_path: Path, path: str, line: str) -> None:
    """An import that points up is found however it is written."""
    write(tmp_path, path, line)

    assert len(arrows_up(tmp_path)) == 1


def test_arrow_down_is_fine(tmp_path: Path) -> None:
    """Imports of one's own storey, of lower ones and of libraries are in order."""
    write(tmp_path, "bot/app.py", "import handlers.kit, db\nfrom . import settings\nfrom .settings import Settings")
    write(tmp_path, "handlers/kit/ask.py", "import bottle\nfrom db.models import Course\nfrom ..policies import may")

    assert arrows_up(tmp_path) == []


def test_one_commit() -> None:
    """The project commits in a single place."""
    assert len(commits(ROOT)) == 1, commits(ROOT)


def test_commits_are_found(tmp_path: Path) -> None:
    """A call of commit() is found in every storey."""
    for storey in STOREYS:
        write(tmp_path, f"{storey}/deep/file.py", "async def save(session):\n    await session.commit()")

    assert commits(tmp_path) == ["bot/deep/file.py:2", "handlers/deep/file.py:2", "db/deep/file.py:2"]


def test_telegram_ext_stays_in_the_machine() -> None:
    """Neither the talk nor the memory imports telegram.ext."""
    assert telegram_ext_below(ROOT) == []


@pytest.mark.parametrize(
    "line", ["import telegram.ext", "from telegram import ext", "from telegram.ext import Application"]
)
def test_telegram_ext_is_found(tmp_path: Path, line: str) -> None:
    """An import of telegram.ext is found however it is written."""
    write(tmp_path, "handlers/start.py", f"from telegram import MessageEntity\n{line}")
    write(tmp_path, "bot/app.py", line)

    assert telegram_ext_below(tmp_path) == ["handlers/start.py:2"]


def test_files_are_short() -> None:
    """A file is about one thing, or has a reason to be long that still holds."""
    assert long_files(ROOT).keys() == LONG_FILES.keys()


def test_long_files_are_found(tmp_path: Path) -> None:
    """A file is too long from its 301st line on."""
    write(tmp_path, "db/short.py", "x = 1\n" * 300)
    write(tmp_path, "db/long.py", "x = 1\n" * 301)
    write(tmp_path, "bot/page/long.js", "let x;\n" * 301)

    assert long_files(tmp_path) == {"db/long.py": 301, "bot/page/long.js": 301}


def test_modules_have_names() -> None:
    """No module is a drawer for whatever is left over."""
    assert nameless_modules(ROOT) == []


def test_nameless_modules_are_found(tmp_path: Path) -> None:
    """A drawer is found as a module and as a package."""
    for path in ("bot/utils.py", "handlers/common/text.py", "db/helpers.py", "db/common_words.py"):
        write(tmp_path, path, "")

    assert nameless_modules(tmp_path) == ["bot/utils.py", "handlers/common/text.py", "db/helpers.py"]


def test_tests_say_what_they_test() -> None:
    """Each test has a docstring that is a sentence."""
    assert silent_tests(ROOT) == []


def test_silent_tests_are_found(tmp_path: Path) -> None:
    """A test without a sentence is found, in a class too."""
    write(
        tmp_path,
        "tests/test_a.py",
        "def test_one(): ...\nclass TestTwo:\n    async def test_two(self):\n        '''Two'''",
    )

    assert silent_tests(tmp_path) == ["tests/test_a.py:1 test_one", "tests/test_a.py:3 test_two"]
