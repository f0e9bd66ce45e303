"""What the tests of plans share."""

from pathlib import Path

import pytest

from tests.studio.planning.plans.make import make_tables
from tests.studio.planning.plans.make_annexes import make_annexes, make_duties, make_one_table

PLANS = Path(__file__).parent / "plans"


MADE = {
    "tables.docx": make_tables,
    "annexes.docx": make_annexes,
    "duties.docx": make_duties,
    "one-table.docx": make_one_table,
}


@pytest.fixture(scope="session")
def plan_files(tmp_path_factory) -> dict[str, Path]:
    """Every plan with an expected structure; the Word files are made by their scripts."""
    folder = tmp_path_factory.mktemp("plans")
    made = {name: make(folder / name) for name, make in MADE.items()}
    return {path.stem: made.get(path.stem, PLANS / path.stem) for path in PLANS.glob("*.json")}
