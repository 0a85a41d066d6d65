"""What the tests of the machine have in common."""

from pathlib import Path

import pytest

from bot.store import Store
from tests.chat import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")
