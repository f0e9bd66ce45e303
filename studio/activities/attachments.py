"""Photos and minutes of an activity: judged by their content, kept in the store, named safely.

Invalid
├── AttachmentTooLarge
├── AttachmentKindUnknown
└── AttachmentsTooMany
Missing
└── AttachmentMissing
"""

import io
import re
import unicodedata
import zipfile
from datetime import datetime
from pathlib import PurePosixPath

from sqlmodel import Session, col, func, select

from assets.errors import Invalid, Missing
from assets.store import Store
from studio.activities.models import Activity, Attachment
from studio.people.audit import record

MAX_BYTES = 12_000_000
MOST = 30
"""Attachments of one activity."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    _WORD: ".docx",
    _SHEET: ".xlsx",
}
"""What is taken, each with the ending that its name gets."""


class AttachmentTooLarge(Invalid):
    pass


class AttachmentKindUnknown(Invalid):
    """The content is no photo and no document that is taken, whatever its name says."""


class AttachmentsTooMany(Invalid):
    pass


class AttachmentMissing(Missing):
    pass


def attach(
    session: Session, store: Store, activity: Activity, name: str, content: bytes, *, by: str, now: datetime
) -> Attachment:
    """Keep a file with the activity; the same bytes again are the attachment that is there.

    Raises:
        AttachmentTooLarge, AttachmentKindUnknown, AttachmentsTooMany
    """
    assert activity.id is not None
    if len(content) > MAX_BYTES:
        raise AttachmentTooLarge(name=name[:80], size=f"{len(content) / 1e6:.1f}", most=MAX_BYTES // 10**6)
    media_type = recognise(content)
    if media_type is None:
        raise AttachmentKindUnknown(name=name[:80], kinds=", ".join(sorted(KINDS.values())))
    present = session.exec(
        select(Attachment).where(Attachment.activity_id == activity.id, col(Attachment.deleted_at).is_(None))
    ).all()
    digest = store.put(io.BytesIO(content))
    for one in present:
        if one.sha256 == digest:
            return one
    if len(present) >= MOST:
        raise AttachmentsTooMany(most=MOST)
    attachment = Attachment(
        activity_id=activity.id, sha256=digest, name=name_safely(name, KINDS[media_type]),
        media_type=media_type, size_bytes=len(content), added_by=by, added_at=now,
    )  # fmt: skip
    session.add(attachment)
    session.flush()
    _record(session, "activity.attach", attachment, by=by, now=now)
    return attachment


def detach(session: Session, attachment: Attachment, *, by: str, now: datetime) -> None:
    """Take a file from the activity; its bytes stay as long as the audit names them."""
    if attachment.deleted_at is None:
        attachment.deleted_at = now
        session.add(attachment)
        session.flush()
        _record(session, "activity.detach", attachment, by=by, now=now)


def find_attachment(session: Session, activity: Activity, attachment_id: int) -> Attachment:
    """Raises: AttachmentMissing."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.activity_id != activity.id or attachment.deleted_at is not None:
        raise AttachmentMissing(number=attachment_id)
    return attachment


def count_attachments(session: Session, activities: list[int]) -> dict[int, int]:
    """How many files each activity has."""
    query = (
        select(Attachment.activity_id, func.count())
        .where(col(Attachment.activity_id).in_(activities), col(Attachment.deleted_at).is_(None))
        .group_by(col(Attachment.activity_id))
    )
    return dict(session.exec(query).all())


def recognise(content: bytes) -> str | None:
    """The media type of what the bytes are, from their own signature; None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _recognise_office(content)
    return None


def _recognise_office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None  # a document that runs programs is no minutes
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else None


def name_safely(name: str, suffix: str) -> str:
    """The last part of a name without what a file system or a header would stumble on."""
    stem = PurePosixPath(name.replace("\\", "/")).name.rsplit(".", 1)[0]
    plain = "".join(
        letter for letter in unicodedata.normalize("NFC", stem) if letter.isalnum() or letter in " -_()"
    )
    return (re.sub(r"\s+", " ", plain).strip(" -_")[:80] or "tep") + suffix


def _record(session: Session, action: str, attachment: Attachment, *, by: str, now: datetime) -> None:
    record(
        session, at=now, by=by, action=action, subject=f"activity/{attachment.activity_id}",
        after={"name": attachment.name, "sha256": attachment.sha256, "bytes": attachment.size_bytes},
    )  # fmt: skip
