"""Reads `bext` (EBU Tech 3285 version 2) and `cart` (AES46-2002) field by field, as the standards say."""

import struct

BEXT = (
    ("description", "256s"),
    ("originator", "32s"),
    ("originator_reference", "32s"),
    ("origination_date", "10s"),
    ("origination_time", "8s"),
    ("time_reference_low", "I"),
    ("time_reference_high", "I"),
    ("version", "H"),
    ("umid", "64s"),
    ("loudness_value", "h"),
    ("loudness_range", "h"),
    ("max_true_peak_level", "h"),
    ("max_momentary_loudness", "h"),
    ("max_short_term_loudness", "h"),
    ("reserved", "180s"),
)
CART = (
    ("version", "4s"),
    *(
        (name, "64s")
        for name in ("title", "artist", "cut_id", "client_id", "category", "classification", "out_cue")
    ),
    ("start_date", "10s"),
    ("start_time", "8s"),
    ("end_date", "10s"),
    ("end_time", "8s"),
    *((name, "64s") for name in ("producer_app_id", "producer_app_version", "user_def")),
    ("level_reference", "i"),
    ("post_timers", "64s"),
    ("reserved", "276s"),
    ("url", "1024s"),
)


def read_chunks(path):
    """Every chunk of a RIFF/WAVE file by its name, in order; sizes must add up to the file's."""
    data = path.read_bytes()
    riff, size, kind = struct.unpack_from("<4sI4s", data)
    assert (riff, kind) == (b"RIFF", b"WAVE")
    assert size == len(data) - 8
    chunks, at = {}, 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        chunks[name] = data[at + 8 : at + 8 + length]
        assert len(chunks[name]) == length
        at += 8 + length + length % 2
    assert at == len(data)
    return chunks


def read_fields(content, fields, *, fixed):
    """The fixed part as a dictionary, texts without their zeros, and what follows it as `rest`."""
    form = "<" + "".join(code for _, code in fields)
    assert struct.calcsize(form) == fixed
    values = dict(zip((name for name, _ in fields), struct.unpack_from(form, content), strict=True))
    values = {
        name: value.rstrip(b"\0").decode("ascii")
        if isinstance(value, bytes) and name != "post_timers"
        else value
        for name, value in values.items()
    }
    return values | {"rest": content[fixed:].decode("ascii")}


def read_bext(content):
    return read_fields(content, BEXT, fixed=602)


def read_cart(content):
    fields = read_fields(content, CART, fixed=2048)
    timers = [struct.unpack_from("<4sI", fields["post_timers"], 8 * number) for number in range(8)]
    return fields | {"post_timers": {name: value for name, value in timers if name.strip(b"\0")}}
