"""Every key that a template says is worded."""

import re
from pathlib import Path

import pytest

import studio.web
from assets.messages import catalogue
from scheduler.models import AiringState, ItemRole, StationKind
from studio.corrections.scope import Scope
from studio.jobs.models import JobState
from studio.jobs.timers import DAILY
from studio.people.models import Role
from studio.people.permissions import Action
from studio.planning.coverage import CoverageStatus
from studio.reminders.models import ReminderKind
from studio.scripts.models import ScriptState
from studio.urgent.cap import STATUSES
from studio.urgent.models import UrgentState

TEMPLATES = sorted((Path(studio.web.__file__).parent / "templates").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_a_template_says_is_worded(path):
    keys = re.findall(r"""\bsay\(\s*["']([a-z][\w.-]*[\w])["']\s*[,)]""", path.read_text("utf-8"))
    assert [key for key in keys if key not in catalogue("vi")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_runs_under_the_strict_policy(path):
    text = path.read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://", text) == []


@pytest.mark.parametrize(
    ("prefix", "members"),
    [
        ("scheduler.state", AiringState),
        ("web.role", ItemRole),
        ("web.station.kind", StationKind),
        ("scripts.state", ScriptState),
        ("web.script.next", ScriptState),
        ("web.script.decision", ScriptState),
        ("jobs.state", JobState),
        ("jobs.kind", DAILY),
        ("reminders.kind", ReminderKind),
        ("urgent.state", UrgentState),
        ("urgent.status", STATUSES),
        ("people.role", Role),
        ("people.action", Action),
        ("planning.status", CoverageStatus),
        ("corrections.scope", Scope),
        ("web.corrections.scope", Scope),
        ("web.weekday", range(1, 8)),
    ],
)
def test_every_member_is_worded(prefix, members):
    assert [f"{prefix}.{member}" for member in members if f"{prefix}.{member}" not in catalogue("vi")] == []
