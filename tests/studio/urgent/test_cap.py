"""CAP 1.2 from outside: read when it is as the standard has it, else a clear error."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as fuzz
from hypothesis import strategies as st

from studio.urgent.cap import (
    MAX_BYTES,
    MAX_ELEMENTS,
    CapFieldUnusable,
    CapNotAlert,
    CapTooLarge,
    CapUnreadable,
    read_alert,
)
from tests.studio.urgent.samples import NAMESPACE, alert, info, refer

ERRORS = (CapTooLarge, CapUnreadable, CapNotAlert, CapFieldUnusable)


def test_an_alert_is_read_whole():
    found = read_alert(alert(infos=[info(), info(language="en-US", headline="Flash flood")]))
    assert found.key == "kttv@kontum.example,KTTV-1,2026-12-01T02:30:00+00:00"
    assert found.is_real
    assert [one.language for one in found.infos] == ["vi-VN", "en-US"]
    (chosen,) = found.choose_infos()
    assert chosen.headline == "Cảnh báo lũ quét trên sông Sa Thầy"
    assert chosen.expires == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert chosen.areas[0].name == "xã Ia Dom"
    assert chosen.areas[0].polygons == ("14.1,107.4 14.2,107.5 14.0,107.6 14.1,107.4",)


def test_without_vietnamese_the_first_language_is_taken():
    found = read_alert(alert(infos=[info(language="en-US"), info(language="lo"), info(language="en-US")]))
    assert [one.language for one in found.choose_infos()] == ["en-US", "en-US"]


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_what_is_not_actual_is_not_real(status):
    assert not read_alert(alert(status=status)).is_real


@pytest.mark.parametrize("scope", ["Restricted", "Private"])
def test_what_is_not_for_the_public_is_not_real(scope):
    assert not read_alert(alert(scope=scope)).is_real


def test_references_name_alerts_by_their_key():
    found = read_alert(alert(identifier="KTTV-2", message="Update", references=f"{refer()} {refer('X')}"))
    assert [one.key for one in found.references] == [
        "kttv@kontum.example,KTTV-1,2026-12-01T02:30:00+00:00",
        "kttv@kontum.example,X,2026-12-01T02:30:00+00:00",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", CapUnreadable),
        (b"not xml", CapUnreadable),
        (b"\x00\x01", CapUnreadable),
        (alert()[:-9], CapUnreadable),
        (alert().replace(b"UTF-8", b"KOI-NO"), CapUnreadable),
        (b"<alert/>", CapNotAlert),
        (alert().replace(b"cap:1.2", b"cap:1.1"), CapNotAlert),
        (alert(message="Ack", references=refer()), CapNotAlert),
        (alert(message="Error", references=refer()), CapNotAlert),
        (alert(status="Real"), CapFieldUnusable),
        (alert(message="Alarm"), CapFieldUnusable),
        (alert(scope=""), CapFieldUnusable),
        (alert(identifier=""), CapFieldUnusable),
        (alert(identifier="a b"), CapFieldUnusable),
        (alert(sender="a,b"), CapFieldUnusable),
        (alert(sent="01/12/2026"), CapFieldUnusable),
        (alert(sent="2026-12-01T09:30:00"), CapFieldUnusable),
        (alert(sent="0001-01-01T00:00:00+14:00"), CapFieldUnusable),
        (alert(expires="soon"), CapFieldUnusable),
        (alert(message="Update"), CapFieldUnusable),
        (alert(message="Cancel", references="x"), CapFieldUnusable),
        (alert(infos=[]), CapFieldUnusable),
        (alert(event=""), CapFieldUnusable),
        (alert(areas=("",)), CapFieldUnusable),
        (alert(description="a" * 10_001), CapFieldUnusable),
        (alert(infos=[info()] * 51), CapFieldUnusable),
    ],
)
def test_what_is_no_alert_is_a_clear_error(content, error):
    with pytest.raises(error) as raised:
        read_alert(content)
    assert len(str(raised.value)) < 400
    assert "{" not in str(raised.value)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">%s]><alert xmlns="%s">&z;</alert>""" % (
    b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(25)),
    NAMESPACE.encode(),
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><alert/>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><alert/>',
        b"<!DOCTYPE alert><alert/>",
    ],
)
def test_document_types_and_entities_are_refused_before_anything_is_opened(content):
    with pytest.raises(CapUnreadable, match="DOCTYPE"):
        read_alert(content)


def test_size_and_number_of_elements_are_bounded():
    with pytest.raises(CapTooLarge):
        read_alert(alert(description="a" * MAX_BYTES))
    with pytest.raises(CapTooLarge):
        read_alert(alert(infos=[info(), "<x/>" * MAX_ELEMENTS]))
    deep = 20_000
    with pytest.raises((CapTooLarge, CapUnreadable)):
        read_alert(b"<a>" * deep + b"</a>" * deep)


@fuzz(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(alert())
@example(b"\xef\xbb\xbf" + alert())
@example(alert().decode().encode("utf-16"))
def test_any_bytes_are_read_or_refused(content):
    with suppress(*ERRORS):
        read_alert(content)


@fuzz(max_examples=300, deadline=None)
@given(st.data())
def test_an_alert_with_any_piece_cut_out_or_put_in_is_read_or_refused(data):
    content = alert(message="Update", references=refer())
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 60)))
    piece = data.draw(st.sampled_from([b"", b"<", b"&", b"]]>", b"<info>", b"\x00", b"&lt;", b"<!--"]))
    with suppress(*ERRORS):
        read_alert(content[:start] + piece + content[end:])


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60)


@fuzz(max_examples=200, deadline=None)
@given(words, words, st.lists(words, max_size=3))
def test_any_words_come_back_as_they_were_sent(headline, description, areas):
    if any(ord(one) in (0xFFFE, 0xFFFF) for one in headline + description + "".join(areas)):
        return  # XML has no place for them
    try:
        found = read_alert(alert(headline=headline, description=description, areas=areas))
    except CapFieldUnusable:
        assert not all(area.strip() for area in areas)
        return
    (one,) = found.infos
    assert (one.headline, one.description) == (headline.strip(), description.strip())
    assert [area.name for area in one.areas] == [area.strip() for area in areas]
