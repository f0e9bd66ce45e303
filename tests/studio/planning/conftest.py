"""What the tests of plans share."""

from pathlib import Path

import pytest

from tests.studio.planning.plans.make import make_tables

PLANS = Path(__file__).parent / "plans"


@pytest.fixture(scope="session")
def plan_files(tmp_path_factory) -> dict[str, Path]:
    """Every plan with an expected structure; the Word file is made by its script."""
    word = make_tables(tmp_path_factory.mktemp("plans") / "tables.docx")
    return {path.stem: word if path.stem == word.name else PLANS / path.stem for path in PLANS.glob("*.json")}
