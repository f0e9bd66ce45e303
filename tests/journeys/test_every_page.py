"""Every page that a person can reach by links, on a phone: whole, titled, safe, no wider than the screen."""

import re
from collections import Counter
from datetime import date, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from assets.store import Store
from scheduler.slots import add_slot
from studio.activities.activities import add_activity
from studio.activities.models import ActivityKind, ActivityState
from studio.database import Database, make_engine
from studio.people.accounts import find_user
from studio.planning.models import Unit, UnitKind
from studio.planning.plans import find_plan
from studio.recordings.ingest import hear_file
from studio.recordings.register import add_recording
from studio.reports.models import ReportKind, ReportPeriod
from studio.settings import read_settings
from studio.urgent.bulletins import Wanted, write_bulletin
from tests.assets.synth import speech, write_wav
from tests.journeys.desk import MARKS, Desk
from tests.studio.web.world import DAY, NOW, PEOPLE

pytestmark = MARKS
EACH = 1
"""So many pages of one kind are looked at: one day, one station, one script."""
LOOK = """() => [
  document.title.replace("· Loa", "").trim() ? "" : "no title",
  document.querySelectorAll("h1").length === 1 ? "" : "not one heading",
  document.documentElement.scrollWidth <= innerWidth ? "" : "wider than the screen",
  ...[...document.forms].filter((form) => form.method === "post" && !form.elements.csrf?.value)
    .map((form) => `a form without token: ${form.action}`),
  ...[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((field) => !field.labels.length && !field.ariaLabel)
    .map((field) => `a field without words: ${field.name}`),
  ...[...document.querySelectorAll("a[href], button")]
    .filter((one) => !one.textContent.trim() && !one.ariaLabel).map((one) => `nameless: ${one.outerHTML}`),
  ...[...document.querySelectorAll("[id]")].filter((one) => document.getElementById(one.id) !== one)
    .map((one) => `an id twice: ${one.id}`),
].filter(Boolean)"""
LINKS = """() => [...document.querySelectorAll("a[href]")]
  .map((link) => [link.href.split("#")[0], link.hasAttribute("download")])"""


@pytest.fixture
def lived_in(address: str, tmp_path: Path) -> str:
    """The district with something of everything that pages are about."""
    settings = read_settings({}, home=tmp_path / "home")
    database = Database(make_engine(settings.database_url))
    sound = write_wav(tmp_path / "a.wav", speech(2), rate=22_050)
    heard = hear_file(Store(settings.store), sound, name=f"{'x' * 60}.wav")
    with database.writing() as session:
        add_recording(session, heard, {"title": "Già làng"}, by="lan", now=NOW)
        wanted = Wanted("Lũ về", "Bà con lên chỗ cao.", ["ia-dom"], NOW + timedelta(hours=20))
        write_bulletin(session, wanted, by=find_user(session, "lan"), now=NOW)
        plan = find_plan(session)
        session.add(Unit(code="ia-dom", name="Xã Ia Dom", kind=UnitKind.COMMUNE))
        session.flush()
        fields: dict[str, object] = {
            "kind": ActivityKind.DIALOGUE,
            "title": "Đối thoại",
            "held_on": DAY,
            "people": 40,
        }
        fields["state"] = ActivityState.HELD
        add_activity(session, plan, "ia-dom", fields, by="lan", now=NOW)
        session.add(
            ReportPeriod(
                plan_id=plan.id, kind=ReportKind.COVERAGE, name="Quý IV", first_date=date(2026, 10, 1),
                last_date=date(2026, 12, 31), made_at=NOW, made_by="sep",
            )
        )  # fmt: skip
        add_slot(
            session, "ia-dom", name="Thời sự", starts=time(6), duration_minutes=30, relay_source="VOV1",
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
    database.close()
    return address


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_whole_on_a_phone(browser: Browser, lived_in: str, person: str) -> None:
    desk = Desk(browser, lived_in, person, width=390)
    wrong, seen = [], Counter[str]()
    start = desk.page.url.removeprefix(lived_in)
    queue = [(start, False), (f"/stations/ia-dom?day={DAY}", False)]
    known = {path for path, _ in queue}
    while queue:
        path, is_file = queue.pop(0)
        seen[name_kind(path)] += 1
        if seen[name_kind(path)] > EACH:
            continue
        if is_file or "." in urlsplit(path).path:
            status, faults = desk.context.request.get(lived_in + path).status, []
        else:
            answer = desk.page.goto(lived_in + path, wait_until="load")
            status, faults = answer.status if answer else 0, desk.page.evaluate(LOOK)
            for link, is_download in desk.page.evaluate(LINKS):
                further = link.removeprefix(lived_in)
                if further != link and further not in known:
                    known.add(further)
                    queue.append((further, is_download))
        wrong += [f"{path}: {fault}" for fault in ([status] if status != 200 else []) + faults]
    desk.page.goto(lived_in + start)
    for width in (320, 768, 1024, 1280):
        desk.page.set_viewport_size({"width": width, "height": 768})
        wrong += [] if desk.fits() else [f"{start}: wider than {width}"]
    wrong += desk.complaints
    assert wrong == []
    assert len(seen) > (5 if person == "truc" else 25)


def name_kind(path: str) -> str:
    """Pages of one template have one kind, whatever they are about."""
    parts = urlsplit(path)
    bare = re.sub(r"(?<=/stations/)[^/]+|(?<=/scripts/)(?!new$)[^/]+|\d+", "_", parts.path)
    return bare + "?" + ",".join(sorted(piece.partition("=")[0] for piece in parts.query.split("&")))
