"""Plans in four shapes against structures written before; no line is ever lost."""

import json
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assets.errors import LoaError
from studio.planning.document import PlanDocument
from studio.planning.files.kinds import read_source
from studio.planning.files.text import decode_plan
from studio.planning.importer import read_lines, read_plan, read_plan_file
from studio.planning.restoring import restore_document
from studio.planning.source import (
    PlanEmpty,
    PlanEncodingUnknown,
    PlanFileMissing,
    PlanLineTooLong,
    PlanNotText,
    PlanTooLong,
    clean_text,
)

PLANS = Path(__file__).parent / "plans"
EXAMPLE = Path(__file__).parents[3] / "studio" / "example" / "plan.txt"
SOURCES = [*sorted(PLANS.glob("*.txt")), *sorted(PLANS.glob("*.md")), EXAMPLE]
EXPECTED = sorted(PLANS.glob("*.json"))


def in_short(document: PlanDocument) -> dict[str, object]:
    """The document in the terms of the expected structures beside the plans."""
    found = document.to_json()
    for name in ("lines", "programme", "project", "sub_project"):
        del found[name]
    return found | {
        "legal_bases": [[b.number, b.date and b.date.isoformat(), b.issuer] for b in document.legal_bases],
        "audiences": [[a.code, a.title] for a in document.audiences],
        "themes": [[t.code, t.title, [topic.code for topic in t.topics]] for t in document.themes],
        "forms": [[f.code, [product.code for product in f.products]] for f in document.forms],
        "funding": [[f.number, f.date and f.date.isoformat()] for f in document.funding],
        "units": [[unit.name, len(unit.duties)] for unit in document.units],
        "targets": [[t.quantity, t.unit, t.per, *filter(None, [t.whose])] for t in document.targets],
        "notes": [[note.part, note.text] for note in document.notes],
        "warnings": [doubt.code for doubt in document.doubts],
        "unread": [rest.text for rest in document.unread],
    }


def lost_lines(text: str, document: PlanDocument) -> set[int]:
    """Lines of the source that the ledger does not account for, against the lines as counted here."""
    lines = {
        number: " ".join(unicodedata.normalize("NFC", line).translate(INVISIBLE).split())
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1)
        if line.translate(INVISIBLE).strip()
    }
    kept = {line.line: line.text for line in document.lines if line.parts}
    assert len(kept) == len(document.lines)
    return {number for number, line in lines.items() if kept.get(number) != line}


INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def lost_words(document: PlanDocument) -> list[str]:
    """Words of lines that went to a part, but stand in no value of the structure.

    Headings, formulas of the letterhead and words that only lead to what follows ("Căn cứ") are the frame.
    """
    found = document.to_json()
    frame = {"heading", "motto", "rule", "furniture", "recipients", "signatory", "place", "title", "number"}
    del found["lines"]
    text = json.dumps(found, ensure_ascii=False).lower()
    held = set(WORD.findall(text))
    lost = []
    for line in document.lines:
        if not frame & {part.split(".")[0] for part in line.parts}:
            words = WORD.findall(clean_text(line.text).lower().translate(PLAIN))
            halves = {word for word in words if f"{word}-" in line.text or line.text.startswith(word)}
            lost += [
                f"{line.line}: {word}"
                for word in words
                if word not in held | LEADS and not (word in halves and word in text)
            ]
    return lost


WORD = re.compile(r"[^\W\d_]{2,}")
PLAIN = str.maketrans("", "", "*_")
LEADS = {
    "căn",
    "cứ",
    "đề",
    "nghị",
    "ngày",
    "tháng",
    "năm",
    "số",
    "điểm",
    "khoản",
    "theo",
    "thực",
    "hiện",
    "của",
}


@pytest.mark.parametrize("name", [path.stem for path in EXPECTED])
def test_a_plan_is_read_as_expected(name, plan_files):
    expected = json.loads((PLANS / f"{name}.json").read_text("utf-8"))
    assert json.loads(json.dumps(in_short(read_plan_file(plan_files[name])))) == expected


@pytest.mark.parametrize("name", [path.stem for path in EXPECTED])
def test_every_line_of_every_file_has_its_place_once(name, plan_files):
    source = read_source(plan_files[name].read_bytes())
    document = read_lines(source)
    ledger = [(line.line, line.text) for line in document.lines]
    assert ledger == [(line.number, line.raw) for line in source.lines]
    assert all(line.parts for line in document.lines)
    unread = [line.line for line in document.lines if "unread" in line.parts]
    assert unread == [rest.line for rest in document.unread]
    assert lost_words(document) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_line_ends_in_the_structure_or_in_unread(source):
    text = source.read_text("utf-8")
    assert lost_lines(text, read_plan(text)) == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_removed_line_is_missed(source):
    """The sum of structure and unread is of these very lines: one more line in the source shows."""
    text = source.read_text("utf-8")
    assert lost_lines(text + "\n\nmột dòng không ai đọc", read_plan(text)) != set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_line_ends_marks_and_composition_do_not_matter(source):
    text = source.read_text("utf-8")
    plain = read_plan(text)
    assert read_plan(text.replace("\n", "\r\n")) == plain
    assert read_plan(unicodedata.normalize("NFD", text)) == plain
    assert read_plan(decode_plan(text.encode("utf-16"))) == plain
    assert read_plan(decode_plan(b"\xef\xbb\xbf" + text.encode())) == plain


def test_the_example_plan_has_the_facts_of_the_district():
    document = read_plan_file(EXAMPLE)
    assert (len(document.legal_bases), len(document.funding), len(document.units)) == (5, 3, 7)
    assert [theme.code for theme in document.themes] == ["1", "2", "3", "4"]
    assert {topic.code for topic in document.themes[2].topics} == {
        "3.employment", "3.vocational", "3.overseas", "3.health", "3.education", "3.housing", "3.water",
        "3.information", "3.legal", "3.social", "3.gender",
    }  # fmt: skip
    assert [form.code for form in document.forms] == [str(number) for number in range(1, 8)]
    products = {product.code for form in document.forms for product in form.products}
    assert products >= {"2.leaflet", "2.handbook", "2.clip", "2.radio", "2.tv", "3.loudspeaker"}


def test_the_programme_is_found_where_the_plan_names_it():
    text = (
        "KẾ HOẠCH\nThực hiện Tiểu dự án 2 của Dự án 6 năm 2026\n\n"
        "I. KINH PHÍ: Trích từ Chương trình mục tiêu quốc gia giảm nghèo bền vững."
    )
    document = read_plan(text)
    assert (document.sub_project, document.project) == ("Tiểu dự án 2", "Dự án 6")
    assert document.programme == "Chương trình mục tiêu quốc gia giảm nghèo bền vững"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            "II. CHỈ TIÊU\n- Mỗi xã phát ít nhất 24 tin, bài/năm;\n- Mỗi xã phát ít nhất 30 tin, bài/năm.",
            "TargetsContradict",
        ),
        ("II. CHỈ TIÊU\n- Nội dung 7: 12 chương trình/năm.", "TargetThemeUnknown"),
        ("II. KINH PHÍ: Quyết định số 5/QĐ-UBND ngày 31/02/2026 của UBND huyện.", "DateImpossible"),
    ],
)
def test_what_cannot_be_meant_is_read_kept_and_named(body, code):
    text = f"KẾ HOẠCH\nThử năm 2026\n\nI. NỘI DUNG\n1. Vay vốn\n2. Học nghề\n{body}"
    document = read_plan(text)
    assert [doubt.code for doubt in document.doubts] == [code]
    assert len(document.doubts[0].wording) > 30
    assert lost_lines(text, document) == set()


def test_a_poem_is_read_to_the_last_line_and_said_to_be_no_plan():
    poem = "Chiều về bên suối\nKhói bếp lên nương\n\nAi còn đứng đợi\nCuối con đường sương\n"
    document = read_plan(poem)
    assert [doubt.code for doubt in document.doubts] == ["NotAPlan"]
    assert [rest.text for rest in document.unread] == poem.split("\n")[:2] + poem.split("\n")[3:5]


def test_text_typed_in_old_fonts_is_converted_and_said_so():
    plan = (
        "KÕ ho¹ch\n\nC¨n cø QuyÕt ®Þnh sè 12/Q§-UBND ngµy 05/01/2026 cña UBND huyÖn vÒ viÖc giao nhiÖm vô;"
        "\n\n"
        "I. Môc ®Ých\n§Ó bµ con c¸c th«n nghe ®­îc tin cña x· m×nh vµ hiÓu chÝnh s¸ch gi¶m nghÌo.\n"
    )
    document = read_lines(read_source(plan.encode("latin-1")))
    assert [doubt.code for doubt in document.doubts][:1] == ["EncodingConverted"]
    assert document.legal_bases[0].issuer == "UBND huyện"
    assert document.purposes == (
        "Để bà con các thôn nghe được tin của xã mình và hiểu chính sách giảm nghèo.",
    )


BLOCKS = st.sampled_from(
    [
        "{n}. MỤC ĐÍCH\nĐể bà con nghe tin {n}.",
        "{n}. ĐỐI TƯỢNG\n- Hộ nghèo thôn {n};\n- Thanh niên thôn {n}.",
        "{n}. NỘI DUNG\na) Vay vốn {n};\nb) Học nghề {n}:\n- Nghề may;\n- Nghề mộc.",
        "{n}. HÌNH THỨC\n- Phát loa, ít nhất {n} tin, bài/xã/năm;",
        "{n}. KINH PHÍ\nTheo Quyết định số {n}/QĐ-UBND ngày 03/02/2026 của UBND huyện.",
        "{n}. CHỈ TIÊU\n| TT | Nội dung | Đơn vị | Số lượng |\n|--|--|--|--|\n| 1 | Tin | tin | {n} |",
        "{n}. TỔ CHỨC THỰC HIỆN\n- Phòng Nội vụ: theo dõi {n}, báo cáo hằng quý.\n- Các xã\n+ phát loa {n}",
        "(Ghi chú thứ {n})", "- {n} -", "Trang {n}/9", "một câu lạc loài số {n}",
        "Trên đây là Kế hoạch {n}./.",
        "Nơi nhận:\n- UBND huyện;\n- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nLý Văn A",
    ]
)  # fmt: skip


@given(st.lists(BLOCKS, min_size=1, max_size=12), st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=60, deadline=None)
def test_a_plan_composed_of_any_blocks_is_accounted_for(blocks, glue):
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
    parts = [
        block.replace("{n}. ", f"{roman[at]}. ").replace("{n}", str(at + 1))
        for at, block in enumerate(blocks)
    ]
    text = f"KẾ HOẠCH\nTruyền thông thử năm 2026{glue}" + glue.join(parts)
    document = read_plan(text)
    assert lost_lines(text, document) == set()
    assert lost_words(document) == []
    assert restore_document(json.loads(json.dumps(document.to_json()))) == document


def test_a_dash_inside_quotation_marks_opens_no_item():
    text = (
        "KẾ HOẠCH\nThử năm 2026\n\nI. NỘI DUNG\n- Phong trào “Cả xã một lòng\n- Không nhà nào bị quên”;\n"
        "- Giữ nguồn nước."
    )
    assert [theme.title for theme in read_plan(text).themes] == [
        'Phong trào "Cả xã một lòng - Không nhà nào bị quên"',
        "Giữ nguồn nước",
    ]


def test_nothing_is_invented():
    document = read_plan("Một câu chẳng phải kế hoạch.")
    found = document.to_json()
    assert [found[key] for key in ("title", "number", "issuer", "place", "date", "year", "signatory")] == [
        None
    ] * 7
    assert found["unread"] == [{"line": 1, "text": "Một câu chẳng phải kế hoạch."}]


def test_a_date_that_no_calendar_has_is_not_corrected():
    text = "KẾ HOẠCH\nThử\nCăn cứ Quyết định số 1/QĐ-UBND ngày 31/02/2024 của UBND huyện về việc thử;"
    assert read_plan(text).legal_bases[0].date is None


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", PlanNotText),
        ("Kế hoạch".encode("cp1258", "replace") + b"\xff\xd0", PlanEncodingUnknown),
        (b"\xff\xfeK\x00\xe1", PlanEncodingUnknown),
    ],
)
def test_what_is_not_text_is_named(content, error):
    with pytest.raises(error) as caught:
        decode_plan(content)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", PlanEmpty),
        (" \n\t\r\n\u3000 ", PlanEmpty),
        ("KẾ HOẠCH\nabc\x00def", PlanNotText),
        ("x" * 1_000_000, PlanLineTooLong),
        ("dòng\n" * 1_300_000, PlanTooLong),
    ],
)
def test_bad_text_is_named(text, error):
    with pytest.raises(error) as caught:
        read_plan(text)
    assert str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PlanFileMissing, match=r"ke-hoach\.txt"):
        read_plan_file(tmp_path / "ke-hoach.txt")


FRAGMENTS = st.sampled_from(
    [
        "KẾ HOẠCH", "I. MỤC ĐÍCH, YÊU CẦU", "1. Đối tượng:", "- + Bà con", "2. Nội dung",
        "a) y tế, giáo dục", "Điều 3.", "Phần II",
        "III. KINH PHÍ: Quyết định số 1/QĐ-UBND ngày 1/1/2024 của UBND huyện", "IV. TỔ CHỨC THỰC HIỆN",
        "Phòng Nội vụ: làm việc", "Nơi nhận:", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn An",
        "| a | 1 | 2 |", "Căn cứ Luật A ngày 1/1/2020;", "----", "PHỤ LỤC", "ít nhất 3 tin/xã/tháng", "(",
        "*", "“", "1", "V.", "#", ">", "Số: 1/KH", "dịch vụ xã hội cơ bản về y tế, và, , nhà ở",
        "báo cáo định kỳ 6 tháng", "\u200b", "a   b   c", "-", "\t\t",
    ]
)  # fmt: skip


@given(
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=30)), max_size=25),
    st.sampled_from(["\n", "\n\n", " ", "\r\n"]),
)
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_whole_or_refused_by_name(parts, glue):
    text = glue.join(parts)
    try:
        document = read_plan(text)
    except LoaError as error:
        refusal = str(error)  # worded, or it raises
        assume(not refusal)
    assume("EncodingConverted" not in {doubt.code for doubt in document.doubts})  # its words are others
    assert lost_lines(text, document) == set()
    assert read_plan(text) == document


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_decoded_or_refused_by_name(content):
    with suppress(LoaError):
        read_plan(decode_plan(content))
