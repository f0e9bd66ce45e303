"""Messages between Loa and its speech worker: a JSON head and a body of bytes, each with its length."""

import json
import struct
from typing import IO, Any

_SIZES = struct.Struct(">II")


def write_frame(pipe: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    text = json.dumps(head).encode()
    pipe.write(_SIZES.pack(len(text), len(body)) + text + body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None if the other side is gone, even in the middle of one."""
    sizes = pipe.read(_SIZES.size)
    if len(sizes) < _SIZES.size:
        return None
    head_size, body_size = _SIZES.unpack(sizes)
    head, body = pipe.read(head_size), pipe.read(body_size)
    if len(head) < head_size or len(body) < body_size:
        return None
    return json.loads(head), body
