"""The whole way once on a small district, disturbed and undisturbed, judged from outside."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from assets.loudness import measure_loudness
from playlists.bundle import read_bundle
from scheduler.models import Station, StationKind
from studio.database import open_database
from studio.example.demo import HomeInUse, run_demo
from studio.example.district import read_district

SCRIPTS = 3
DAYS = 4
SMALL = f"""
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from studio.example.demo import run_demo
from studio.example.district import Incident, read_district
from studio.settings import read_settings

whole = read_district()
few = dict(sorted(whole.scripts.items(), key=lambda item: len(item[1]))[:{SCRIPTS}])
cut_day, lost_day = whole.week[1], whole.week[3]
five = whole.at(cut_day, 5)
incidents = (
    Incident("power-cut", "ia-dal", cut_day, five + timedelta(minutes=3), five + timedelta(minutes=30)),
    Incident("log-lost", "ia-dom", lost_day, None, None),
)
run_demo(
    read_settings(home=Path(sys.argv[1])),
    progress=lambda share, message: None,
    district=replace(whole, scripts=few, days={DAYS}, incidents=incidents, desk={{}}),
)
"""


def demo(home: Path) -> list[str]:
    return [sys.executable, "-c", SMALL, str(home)]


def fingerprints(home: Path) -> dict[str, str]:
    """Every file that the demo leaves for a person or a station, and every stored content, by hash."""
    folders = [home / "demo", home / "store"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix not in (".xlsx", ".docx")  # zips of XML, compared by their parts below
    } | {
        f"{path.relative_to(home)}!{name}": hashlib.sha256(content).hexdigest()
        for path in files
        if path.suffix in (".xlsx", ".docx")
        for name, content in unzip(path).items()
    }


def unzip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    subprocess.run(demo(home), check=True, cwd=home.parent)
    return home


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def test_every_delivered_file_keeps_its_preset(undisturbed):
    files = sorted((undisturbed / "demo" / "audio").rglob("*.mp3"))
    assert len(files) == 2 * SCRIPTS
    for path in files:
        measured = measure_loudness(path)
        target = {"radio": -23, "loudspeaker": -16}[path.parent.name]
        assert abs(measured.integrated_lufs - target) <= 0.5, path
        assert measured.true_peak_dbtp <= -1, path


def test_every_bundle_is_whole(undisturbed):
    bundles = sorted((undisturbed / "demo" / "bundles").glob("*.zip"))
    assert len(bundles) == 4 * DAYS
    for path in bundles:
        bundle = read_bundle(path)
        assert {entry["file"] for entry in bundle.playlist["entries"]} <= set(bundle.files)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.with_name(f"{path.name}.sha256").read_text("utf-8").split()[0] == digest


def test_nothing_is_placed_in_quiet_hours_or_over_another(undisturbed):
    database = sqlite3.connect(undisturbed / "loa.db")
    rows = database.execute(
        "select station_id, starts_at, ends_at from airing order by station_id, starts_at"
    ).fetchall()
    database.close()
    assert rows
    for (station, _, ends), (next_station, starts, _) in pairwise(rows):
        assert station != next_station or ends <= starts
    # 04:45 to 21:00 at +07:00 is 21:45 of the day before to 14:00 in UTC.
    assert all(begin[11:19] >= "21:45:00" or end[11:19] <= "14:00:00" for _, begin, end in rows)


def test_the_lost_log_and_the_power_cut_are_on_record(undisturbed):
    database = sqlite3.connect(undisturbed / "loa.db")
    states = dict(database.execute("select state, count(*) from airing group by state"))
    logs = database.execute("select count(*) from asrunlog").fetchone()
    database.close()
    assert states["PARTIAL"] == 1
    assert states["MISSED"] >= 1
    assert logs == (4 * DAYS - 1,)
    assert set(states) == {"AIRED", "PARTIAL", "MISSED", "UNCONFIRMED"}


def test_the_report_says_what_the_rows_say(undisturbed):
    database = sqlite3.connect(undisturbed / "loa.db")
    aired_ms = database.execute(
        "select sum(asrun.aired_ms) from asrun join asset on asset.id = asrun.asset_id"
        " where asrun.state in ('AIRED', 'PARTIAL') and asset.kind = 'SEGMENT'"
    ).fetchone()[0]
    database.close()
    minutes = f"{aired_ms / 60_000:,.1f}".translate(str.maketrans(",.", ".,"))
    page = (undisturbed / "demo" / "reports" / "coverage.html").read_text("utf-8")
    assert minutes.removesuffix(",0") in page


def test_running_it_again_makes_nothing_anew(undisturbed):
    before = fingerprints(undisturbed)
    changed = max(path.stat().st_mtime_ns for path in (undisturbed / "store").rglob("*"))
    subprocess.run(demo(undisturbed), check=True, cwd=undisturbed.parent)
    assert fingerprints(undisturbed) == before
    assert max(path.stat().st_mtime_ns for path in (undisturbed / "store").rglob("*")) == changed


def test_killed_five_times_it_ends_as_if_undisturbed(undisturbed, tmp_path):
    home = tmp_path / "home"
    moments = random.Random(5)
    killed = 0
    for _ in range(5):
        process = subprocess.Popen(demo(home), cwd=tmp_path)
        time.sleep(moments.uniform(1.0, 9.0))
        if process.poll() is None:
            killed += 1
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed >= 3
    subprocess.run(demo(home), check=True, cwd=tmp_path)
    assert fingerprints(home) == fingerprints(undisturbed)


@pytest.mark.postgres
def test_on_postgresql_it_ends_the_same(postgres_url, undisturbed, tmp_path):
    home = tmp_path / "home"
    environment = {**os.environ, "LOA_DATABASE_URL": postgres_url}
    subprocess.run(demo(home), check=True, cwd=tmp_path, env=environment)
    assert not (home / "loa.db").exists()
    assert fingerprints(home) == fingerprints(undisturbed)


def test_a_home_with_real_data_is_left_alone(settings):
    database = open_database(settings)
    with database.writing() as session:
        session.add(Station(code="that", name="Đài thật", kind=StationKind.COMMUNE, preset="loudspeaker"))
    database.close()
    with pytest.raises(HomeInUse, match="--home"):
        run_demo(settings, progress=lambda _share, _message: None)


def test_the_example_reads_itself():
    district = read_district()
    assert len(district.scripts) >= 10
    assert replace(district, days=1).week == [district.first]
    assert {one.kind for one in district.incidents} == {"power-cut", "late-start", "log-lost"}
