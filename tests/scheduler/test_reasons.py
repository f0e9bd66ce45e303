import re
from pathlib import Path

import pytest

import scheduler
from assets.messages import LANGUAGES, catalogue, speaking
from scheduler.frames import FRAME_REASONS
from scheduler.models import AiringState
from scheduler.reasons import Reason

SOURCES = [path.read_text("utf-8") for path in Path(scheduler.__file__).parent.glob("*.py")]
CODES = {code for text in SOURCES for code in re.findall(r'Reason\(\s*"([a-z-]+)"', text)}
TOLD_OTHERWISE = {"urgent", "priority", "no-log", "not-in-log"}  # chosen by a value or a condition
TOLD_OTHERWISE |= FRAME_REASONS | {code.replace("frame-", "frame-short-") for code in FRAME_REASONS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_is_given_has_its_wording(language):
    worded = {
        key.removeprefix("scheduler.reason.")
        for key in catalogue(language)
        if key.startswith("scheduler.reason.")
    }
    assert worded >= CODES | TOLD_OTHERWISE
    assert all(f"scheduler.state.{state}" in catalogue(language) for state in AiringState)


def test_a_reason_is_kept_as_data_and_worded_for_its_reader():
    reason = Reason("sessions-cap", {"most": 2})
    assert reason.as_row() == {"code": "sessions-cap", "data": {"most": 2}}
    assert reason.wording == "đài chỉ được phát 2 buổi mỗi ngày"
    with speaking("en"):
        assert reason.wording == "the station may air 2 sessions a day"
    assert Reason("").wording == ""
