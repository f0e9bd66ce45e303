"""Texts of the time before Unicode are recognised, named and converted."""

import pytest

from studio.speech.encodings import (
    Encoding,
    LegacyEncoding,
    convert_text,
    recognise_encoding,
    require_unicode,
)
from tests.speech.scoring import public_cases

PLAIN = "Ủy ban nhân dân xã mời bà con đến họp, bàn việc làm đường và nước sạch."
TCVN3 = "ñy ban nh©n d©n x· mêi bµ con ®Õn häp, bµn viÖc lµm ®­êng vµ n­íc s¹ch."
VNI = "Uûy ban nhaân daân xaõ môøi baø con ñeán hoïp, baøn vieäc laøm ñöôøng vaø nöôùc saïch."


@pytest.mark.parametrize(("text", "encoding"), [(TCVN3, Encoding.TCVN3), (VNI, Encoding.VNI)])
def test_legacy_text_is_recognised_and_converted(text, encoding):
    assert recognise_encoding(text) is encoding
    assert convert_text(text, encoding).lower() == PLAIN.lower()
    with pytest.raises(LegacyEncoding) as raised:
        require_unicode(text)
    assert encoding.value in str(raised.value)


def test_unicode_text_is_left_alone():
    assert require_unicode(PLAIN) == PLAIN
    for text in ("", "abc 123", "Café, naïve, façade", "Xã Ia Dom", PLAIN.upper()):
        assert recognise_encoding(text) is None
    assert not [case.source for case in public_cases() if recognise_encoding(case.source)]
