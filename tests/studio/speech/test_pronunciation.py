"""An engine is fed what it says right, and every character leads back to the words."""

from studio.speech.pronunciation import ENGINES, pronounce, respell


def test_words_are_respelled_for_the_engine_that_needs_it():
    assert respell("Thảm họa ở Plei Krông.", "espeak").text == "Thảm hoạ ở pờ lây cờ rông."
    assert respell("Thảm họa ở Plei Krông.", "piper").text == "Thảm họa ở Plei Krông."


def test_each_character_leads_back_to_its_word():
    spoken = "Làng Plei Kần"
    fed = respell(spoken, ENGINES[0])
    assert len(fed.offsets) == len(fed.text) + 1
    assert fed.offsets[fed.text.index("lây")] == spoken.index("Plei")
    assert fed.offsets[fed.text.index("Kần")] == spoken.index("Kần")
    assert fed.offsets[-1] == len(spoken)


def test_what_the_house_corrects_is_fed_longest_first():
    spoken = "Xã Ia Tơi và làng Ia"
    fed = pronounce(spoken, [("ia", "i a"), ("Ia Tơi", "i a tơi")])
    assert fed.text == "Xã i a tơi và làng i a"
    assert fed.offsets[fed.text.index("tơi")] == spoken.index("Ia")
    assert fed.offsets[fed.text.index("và")] == spoken.index("và")
    assert len(fed.offsets) == len(fed.text) + 1
    assert pronounce(spoken, []).text == spoken
