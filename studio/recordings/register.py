"""The catalogue of recordings: added, described, edited, removed, every deed taken back step by step.

Missing
└── RecordingUnknown
Conflict
├── RecordingNameTaken
├── RecordingChanged     somebody else changed it in between
├── NothingToTakeBack
└── NothingToRedo
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from assets.catalogue import fold
from assets.errors import Conflict, Missing
from studio.people.audit import record
from studio.recordings.edits import (
    KINDS,
    Edit,
    Join,
    Pieces,
    apply_all,
    apply_edit,
    check_gain,
    pack,
    unpack,
    whole,
)
from studio.recordings.fields import MAX_NAME, UNFIT, check_fields, check_name, plain, plain_all
from studio.recordings.ingest import HeardFile
from studio.recordings.models import Recording, RecordingChange, RecordingKind


class RecordingUnknown(Missing):
    pass


class RecordingNameTaken(Conflict):
    pass


class RecordingChanged(Conflict):
    pass


class NothingToTakeBack(Conflict):
    pass


class NothingToRedo(Conflict):
    pass


def add_recording(
    session: Session, heard: HeardFile, fields: Mapping[str, object], *, by: str, now: datetime
) -> Recording:
    """Catalogue a file that was heard; what `fields` leave open comes from its tags and its name.

    Raises:
        RecordingNameUnfit, RecordingNameTaken, RecordingFieldUnfit
    """
    stem = heard.name.rsplit(".", 1)[0]
    title = str(fields.get("title") or heard.tags.get("title") or stem)[:200]
    found, loudness = heard.heard.probe, heard.heard.loudness
    recording = Recording(
        name=_choose_name(session, str(fields.get("name") or ""), stem, title),
        kind=RecordingKind.INTERVIEW,
        title=title,
        speaker=heard.tags.get("artist", "")[:120],
        tags=heard.tags,
        file_name=heard.name,
        sha256=heard.sha256,
        size_bytes=heard.size_bytes,
        container=found.container,
        codec=found.codec,
        rate_hz=found.rate_hz,
        channels=found.channels,
        duration_ms=found.duration_ms,
        integrated_lufs=loudness.integrated_lufs,
        loudness_range_lu=loudness.loudness_range_lu,
        true_peak_dbtp=max(loudness.true_peak_dbtp, -200.0),
        cue_in_ms=heard.heard.cue_in_ms,
        cue_out_ms=heard.heard.cue_out_ms,
        flaws=[str(flaw) for flaw in heard.heard.flaws],
        outline_sha256=heard.outline_sha256,
        fingerprint_sha256=heard.fingerprint_sha256,
        search_text="",
        added_by=by,
        added_at=now,
    )
    for name, value in check_fields({k: v for k, v in fields.items() if k != "name" and v}).items():
        setattr(recording, name, value)
    recording.search_text = _fold(recording)
    session.add(recording)
    session.flush()
    after: dict[str, object] = {"name": recording.name, "sha256": recording.sha256}
    _record(session, "recording.add", recording, None, after, by=by, now=now)
    return recording


def find_recording(session: Session, name: str | int) -> Recording:
    """By its number, or by its name in any composition of letters.

    Raises:
        RecordingUnknown
    """
    found = None
    if isinstance(name, str):
        plain = unicodedata.normalize("NFC", name)
        found = session.exec(select(Recording).where(Recording.name == plain)).first()
    if found is None and str(name).isascii() and str(name).isdigit() and len(str(name)) < 10:
        found = session.get(Recording, int(name))
    if found is None:
        raise RecordingUnknown(name=str(name)[:MAX_NAME])
    return found


def list_recordings(
    session: Session,
    *,
    search: str = "",
    kind: RecordingKind | None = None,
    language: str = "",
    removed: bool = False,
) -> list[Recording]:
    """The latest first; `search` finds words in all that is known of it, with or without Vietnamese marks."""
    query = select(Recording).order_by(col(Recording.added_at).desc(), col(Recording.id).desc())
    query = query.where(
        col(Recording.removed_at).is_not(None) if removed else col(Recording.removed_at).is_(None)
    )
    if kind is not None:
        query = query.where(Recording.kind == kind)
    if language:
        query = query.where(Recording.language == language)
    for word in fold(search).split():
        query = query.where(col(Recording.search_text).contains(word, autoescape=True))
    return list(session.exec(query))


def list_names(session: Session) -> list[str]:
    """What scripts may call for."""
    return list(session.exec(select(Recording.name).where(col(Recording.removed_at).is_(None))))


def list_changes(session: Session, recording: Recording) -> list[RecordingChange]:
    """In the order they were done, those taken back among them."""
    return list(
        session.exec(
            select(RecordingChange)
            .where(RecordingChange.recording_id == recording.id)
            .order_by(col(RecordingChange.number))
        )
    )


def list_edits(session: Session, recording: Recording) -> list[Edit]:
    """Those that hold."""
    return [
        unpack(change.deed, change.data)
        for change in list_changes(session, recording)
        if change.undone_at is None and change.deed in KINDS
    ]


def pieces_of(session: Session, recording: Recording) -> Pieces:
    """The recording as it is edited now."""
    return apply_all(whole(recording.sha256, recording.duration_ms), list_edits(session, recording))


def edit(
    session: Session,
    recording: Recording,
    change: Edit,
    *,
    by: str,
    now: datetime,
    version: int | None = None,
) -> Recording:
    """Lay one edit on what is there.

    Raises:
        RecordingChanged, EditOutside, EditEmpties, GainTooHigh
    """
    _lock(session, recording, version)
    check_gain(apply_edit(pieces_of(session, recording), change), _find_peaks(session, recording))
    name, data = pack(change)
    return _change(session, recording, name, data, by=by, now=now)


def make_join(session: Session, other: Recording, *, gap_ms: int) -> Join:
    """Another recording as it is now, to be put behind one."""
    return Join(other.name, pieces_of(session, other), gap_ms, other.true_peak_dbtp)


def describe(
    session: Session,
    recording: Recording,
    fields: Mapping[str, object],
    *,
    by: str,
    now: datetime,
    version: int | None = None,
) -> Recording:
    """Say what it is; only what is otherwise is kept as a change.

    Raises:
        RecordingChanged, RecordingNameUnfit, RecordingNameTaken, RecordingFieldUnfit
    """
    _lock(session, recording, version)
    checked = check_fields(fields)
    if "name" in checked and checked["name"] != recording.name:
        _require_free(session, str(checked["name"]))
    before = {name: getattr(recording, name) for name, value in checked.items()}
    after = {name: value for name, value in checked.items() if before[name] != value}
    if not after:
        return recording
    data = {"before": {name: plain(before[name]) for name in after}, "after": plain_all(after)}
    return _change(session, recording, "describe", data, by=by, now=now)


def remove(
    session: Session, recording: Recording, *, by: str, now: datetime, version: int | None = None
) -> Recording:
    """Take it from the list; its file stays, and it can be taken back.

    Raises:
        RecordingChanged, RecordingUnknown
    """
    _lock(session, recording, version)
    if recording.removed_at is not None:
        raise RecordingUnknown(name=recording.name)
    return _change(session, recording, "remove", {}, by=by, now=now)


def undo(
    session: Session, recording: Recording, *, by: str, now: datetime, version: int | None = None
) -> RecordingChange:
    """Take back the latest deed that still stands.

    Raises:
        RecordingChanged, NothingToTakeBack
        RecordingNameTaken: its former name belongs to another by now.
    """
    _lock(session, recording, version)
    standing = [change for change in list_changes(session, recording) if change.undone_at is None]
    if not standing:
        raise NothingToTakeBack(name=recording.name)
    last = standing[-1]
    last.undone_at = now
    _settle(session, recording, last, "recording.undo", by=by, now=now, forward=False)
    return last


def redo(
    session: Session, recording: Recording, *, by: str, now: datetime, version: int | None = None
) -> RecordingChange:
    """Do again what was taken back last; a new deed in between closes that way.

    Raises:
        RecordingChanged, NothingToRedo, RecordingNameTaken
    """
    _lock(session, recording, version)
    found = find_redo(list_changes(session, recording))
    if found is None:
        raise NothingToRedo(name=recording.name)
    found.undone_at = None
    _settle(session, recording, found, "recording.redo", by=by, now=now, forward=True)
    return found


def find_redo(changes: list[RecordingChange]) -> RecordingChange | None:
    """What `redo` would do: the first taken back; all of them come after those that stand."""
    return next((change for change in changes if change.undone_at is not None), None)


def _change(
    session: Session, recording: Recording, deed: str, data: dict[str, Any], *, by: str, now: datetime
) -> Recording:
    assert recording.id is not None
    changes = list_changes(session, recording)
    for passed_over in changes:
        if passed_over.undone_at is not None:
            session.delete(passed_over)  # it can be done no more; what was done with it stays in the audit
    session.flush()
    change = RecordingChange(
        recording_id=recording.id,
        number=sum(change.undone_at is None for change in changes) + 1,
        deed=deed,
        data=data,
        by=by,
        at=now,
    )
    _settle(session, recording, change, f"recording.{deed}", by=by, now=now, forward=True)
    return recording


def _settle(
    session: Session,
    recording: Recording,
    change: RecordingChange,
    action: str,
    *,
    by: str,
    now: datetime,
    forward: bool,
) -> None:
    """The change, its effect on the row, and its record, together."""
    session.add(change)
    if change.deed == "remove":
        recording.removed_at = now if forward else None
    if change.deed == "describe":
        values = check_fields(_mapping(change.data["after" if forward else "before"]), lenient=True)
        if "name" in values and values["name"] != recording.name:
            _require_free(session, str(values["name"]))
        for name, value in values.items():
            setattr(recording, name, value)
        recording.search_text = _fold(recording)
    recording.version += 1
    session.add(recording)
    session.flush()
    _record(session, action, recording, None, {"deed": change.deed, "number": change.number}, by=by, now=now)


def _record(
    session: Session,
    action: str,
    recording: Recording,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    *,
    by: str,
    now: datetime,
) -> None:
    subject = f"recording/{recording.id}"
    record(session, at=now, by=by, action=action, subject=subject, before=before, after=after)


def _lock(session: Session, recording: Recording, version: int | None) -> None:
    session.refresh(recording, with_for_update=True)
    if version is not None and version != recording.version:
        raise RecordingChanged(name=recording.name)


def _find_peaks(session: Session, recording: Recording) -> dict[str, float]:
    """The true peak of every original that may be in it."""
    peaks = {recording.sha256: recording.true_peak_dbtp}
    joins = [one for one in list_edits(session, recording) if isinstance(one, Join)]
    hashes = {piece.sha256 for join in joins for piece in join.pieces}
    if hashes:
        rows = session.exec(select(Recording).where(col(Recording.sha256).in_(hashes)))
        peaks |= {row.sha256: row.true_peak_dbtp for row in rows}
    return peaks


def _choose_name(session: Session, wanted: str, stem: str, title: str) -> str:
    """The name that is wanted, if it is free; else one made of the file's name, numbered if need be."""
    if wanted.strip():
        name = check_name(wanted)
        _require_free(session, name)
        return name
    made = " ".join(UNFIT.sub(" ", unicodedata.normalize("NFC", stem or title)).split()).lstrip(". ")
    made = made[: MAX_NAME - 4].strip() or "ghi âm"
    name, number = made, 1
    while session.exec(select(func.count()).where(Recording.name == name)).one():
        number += 1
        name = f"{made} {number}"
    return name


def _require_free(session: Session, name: str) -> None:
    if session.exec(select(func.count()).where(Recording.name == name)).one():
        raise RecordingNameTaken(name=name)


def _fold(recording: Recording) -> str:
    words = (recording.name, recording.title, recording.speaker, recording.place, recording.note)
    return fold(" ".join([*words, recording.language, recording.file_name, *recording.tags.values()]))


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
