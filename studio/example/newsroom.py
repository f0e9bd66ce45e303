"""The demo's first half: the district is set up, scripts are written, approved and made into segments."""

import hashlib
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, select

from assets.messages import say
from assets.models import Asset
from assets.sounds.library import bundled_sounds
from scheduler.slots import add_slot
from scheduler.stations import add_station
from studio.example.community import set_up_community
from studio.example.stage import SAMPLE_PASSWORD, Progress, Row, Stage
from studio.people.accounts import add_user, find_user
from studio.people.models import User
from studio.planning.importer import read_plan
from studio.planning.plans import list_targets, store_plan
from studio.planning.targets import set_targets
from studio.production.programme import known_names
from studio.production.releases import approve_script
from studio.production.segments import catalogue_tune, produce_segment
from studio.scripts.models import Script, ScriptState
from studio.scripts.workflow import create_script, list_scripts, reject, save_revision, submit


def set_up_district(stage: Stage, progress: Progress) -> list[Row]:
    """Plan, targets, stations, slots and sample accounts, in one transaction."""
    district = stage.district
    progress(0.0, say("example.setting_up", name=district.name))
    now = district.at(district.first - timedelta(days=7), 8)
    document = read_plan(district.plan_text)
    with stage.database.writing() as session:
        plan = store_plan(
            session,
            document,
            code=district.plan_code,
            source_sha256=hashlib.sha256(district.plan_text.encode()).hexdigest(),
            is_sample=True,
            now=now,
        )
        for station in district.stations():
            add_station(session, station)
        for code, slot in district.slots():
            add_slot(session, code, **slot)
        for person in district.people:
            if session.exec(select(User).where(User.username == person.username)).first() is None:
                add_user(
                    session,
                    username=person.username,
                    full_name=person.full_name,
                    role=person.role,
                    password=SAMPLE_PASSWORD,
                    station_code=person.station,
                    is_sample=True,
                    now=now,
                )
        assert plan.id is not None
        set_targets(session, plan, district.targets(plan.id))
        targets = len(list_targets(session, plan))
        set_up_community(session, stage, plan)
    figures = say(
        "example.plan_figures",
        themes=len(document.themes),
        topics=sum(len(theme.topics) for theme in document.themes),
        forms=len(document.forms),
        targets=targets,
        unread=len(document.unread),
    )
    stations = say("example.station_figures", stations=len(district.stations()), slots=len(district.slots()))
    return [
        Row(say("example.plan"), figures, f"loa --home {stage.settings.home} plan show"),
        Row(say("example.stations"), stations, f"loa --home {stage.settings.home} schedule show …"),
    ]


def write_scripts(stage: Stage, progress: Progress) -> list[Row]:
    """Scripts drafted and submitted by the producer; most are approved by somebody else, some wait."""
    district = stage.district
    for done, code in enumerate(district.scripts):
        progress(done / len(district.scripts), say("example.writing", code=code))
        with stage.database.writing() as session:
            _bring_forward(session, stage, code)
    with stage.database.reading() as session:
        states = Counter(script.state for script in list_scripts(session))
    figures = ", ".join(f"{say(f'scripts.state.{state}')} {states[state]}" for state in ScriptState)
    where = f"loa --home {stage.settings.home} script list"
    return [Row(say("example.scripts"), figures, where)]


def _bring_forward(session: Session, stage: Stage, code: str) -> None:
    """One script as far as the example says, from wherever it stands."""
    district = stage.district
    now = district.at(district.first - timedelta(days=6), 8)
    producer, approver = find_user(session, "bientap"), find_user(session, "lanhdao")
    script = session.exec(select(Script).where(Script.code == code)).first()
    text = district.scripts[code]
    if script is None:
        script = create_script(session, code=code, text=text, by=producer, now=now, is_sample=True)
    latest = script.latest_revision
    script = save_revision(session, code, text=text, based_on=latest, by=producer, now=now)
    aim = district.desk.get(code, ScriptState.APPROVED)
    if script.state is ScriptState.DRAFT and aim is not ScriptState.DRAFT:
        script = submit(session, code, by=producer, now=now, **known_names(stage.settings))
    if script.state is ScriptState.SUBMITTED and aim is ScriptState.APPROVED:
        approve_script(session, code, by=approver, now=now + timedelta(hours=2), own_approval=False)
    elif script.state is ScriptState.SUBMITTED and aim is ScriptState.REJECTED:
        comment = district.comment_on(code)
        reject(session, code, by=approver, now=now + timedelta(hours=2), comment=comment)


def make_tunes(stage: Stage, progress: Progress) -> list[Row]:
    """The bundled tunes as assets, mastered like everything else."""
    now = stage.district.at(stage.district.first - timedelta(days=5), 8)
    names = sorted(bundled_sounds())
    for done, name in enumerate(names):
        progress(done / len(names), say("example.making_tune", name=name))
        catalogue_tune(stage.database, stage.store, name, settings=stage.settings, now=now)
    return [Row(say("example.tunes"), say("example.tune_figures", tunes=len(names)), str(stage.store.root))]


def make_segments(stage: Stage, progress: Progress) -> list[Row]:
    """Every approved script voiced, mixed and mastered, several at a time."""
    now = stage.district.at(stage.district.first - timedelta(days=5), 9)
    with stage.database.reading() as session:
        scripts = [s for s in list_scripts(session, state=ScriptState.APPROVED) if s.is_sample]
    shares = dict.fromkeys((script.code for script in scripts), 0.0)

    def make(script: Script) -> Asset:
        def report(share: float, message: str) -> None:
            shares[script.code] = share
            progress(sum(shares.values()) / len(shares), message)

        return produce_segment(
            stage.database,
            stage.store,
            code=script.code,
            revision=script.latest_revision,
            settings=stage.settings,
            now=now,
            progress=report,
        )

    with ThreadPoolExecutor(stage.settings.workers) as makers:
        made = [task.result() for task in as_completed([makers.submit(make, script) for script in scripts])]
    for asset in made:
        _lay_out(stage, asset)
    minutes = sum(asset.duration_ms for asset in made) / 60_000
    files = [rendition for asset in made for rendition in asset.renditions]
    return [
        Row(
            say("example.segments"),
            say(
                "example.segment_figures",
                segments=len(made),
                minutes=f"{minutes:.0f}",
                files=len(files),
                peak=f"{max(file.true_peak_dbtp for file in files):.1f}",
            ),
            str(stage.folder / "audio"),
        )
    ]


def _lay_out(stage: Stage, asset: Asset) -> None:
    """The asset's files under names a person can read, sharing the store's bytes where the disk can."""
    name = asset.key.removeprefix("script/").partition("@")[0]
    for rendition in asset.renditions:
        target = stage.folder / "audio" / rendition.preset / f"{name}.mp3"
        target.parent.mkdir(parents=True, exist_ok=True)
        source = stage.store.path(rendition.sha256)
        if target.exists() and target.samefile(source):
            continue
        partial = target.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        _link_or_copy(source, partial)
        partial.replace(target)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
