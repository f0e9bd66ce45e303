"""A plan's file, known by its content and never by its name, made into numbered lines."""

import zipfile
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from studio.planning.files.refusals import (
    PlanDamaged,
    PlanIsPicture,
    PlanOldWord,
    PlanOtherFormat,
    PlanProtected,
    PlanTooLarge,
)
from studio.planning.source import PlanFileMissing, PlanNotText, Source

MAX_FILE_BYTES = 16 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_PDF_MARK_WITHIN = 1024


class FileKind(StrEnum):
    TEXT = "text"
    WORD = "docx"
    PDF = "pdf"


def recognise_kind(content: bytes) -> FileKind:
    """What the bytes are.

    Raises:
        PlanOldWord, PlanOtherFormat, PlanIsPicture, PlanProtected, PlanDamaged, PlanNotText
    """
    if b"%PDF-" in content[:_PDF_MARK_WITHIN]:
        return FileKind.PDF
    if content.startswith(b"PK"):
        return _recognise_archive(content)
    if content.startswith(_OLE):
        raise PlanProtected(kind="Word") if _ENCRYPTED_PACKAGE in content else PlanOldWord()
    if content.startswith(_PICTURES):
        raise PlanIsPicture
    if content.startswith(b"{\\rtf"):
        raise PlanOtherFormat(kind="RTF")
    return FileKind.TEXT


def read_source(content: bytes) -> Source:
    """The numbered lines of a plan's file, whatever it is called.

    Raises:
        PlanTooLarge, PlanDamaged, PlanProtected, PlanScanned, and what `recognise_kind` and the
        reading of text raise
    """
    if len(content) > MAX_FILE_BYTES:
        raise PlanTooLarge(megabytes=len(content) // 1_000_000, most=MAX_FILE_BYTES // 1_000_000)
    kind = recognise_kind(content)
    if kind is FileKind.WORD:
        from studio.planning.files.word import read_word

        return read_word(content)
    if kind is FileKind.PDF:
        from studio.planning.files.pdf import read_pdf

        return read_pdf(content)
    from studio.planning.files.text import read_text

    return read_text(content)


def read_file(path: Path) -> bytes:
    """The bytes of a plan's file.

    Raises:
        PlanFileMissing, PlanTooLarge
    """
    if not path.is_file():
        raise PlanFileMissing(path=path)
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise PlanTooLarge(megabytes=size // 1_000_000, most=MAX_FILE_BYTES // 1_000_000)
    return path.read_bytes()


def _recognise_archive(content: bytes) -> FileKind:
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise PlanNotText(line=1)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise PlanDamaged(kind="Word") from error
    if "word/document.xml" in names or any(name.startswith("word/") for name in names):
        return FileKind.WORD
    if any(name.startswith("xl/") for name in names):
        raise PlanOtherFormat(kind="Excel")
    if any(name.startswith("ppt/") for name in names):
        raise PlanOtherFormat(kind="PowerPoint")
    raise PlanOtherFormat(kind="OpenDocument" if "content.xml" in names else "ZIP")
