"""How fast text is read: characters per second on one core, and whether a long line costs in proportion.

python -m benchmarks.reading
"""

import time

from studio.speech.reader import read_text
from tests.speech.scoring import public_cases

TARGET = 50_000
"""Characters per second."""


HOSTILE = ("1/", "A.", "A&", "(", "1,000", "a@", "ngày 1/", "QĐ-")
"""What invites a reader to look back again and again; in proportion is 4."""


def measure(text: str) -> float:
    begin = time.process_time()
    read_text(text)
    return time.process_time() - begin


def main() -> int:
    page = "\n".join(case.source for case in public_cases())
    line = page.replace("\n", " ") * 8
    measure(page[:2000])
    slowest = TARGET * 10.0
    for name, text in (
        ("the public set, a sentence a line", page * 4),
        ("the same in one line of 25,000", line[:25_000]),
        ("the same in one line of 100,000", line[:100_000]),
    ):
        speed = len(text) / min(measure(text) for _ in range(3))
        slowest = min(slowest, speed)
        print(f"{name:40} {len(text):>8} characters {speed:>10,.0f} characters/s")
    for unit in HOSTILE:
        short, long = (min(measure((unit * size)[:size]) for _ in range(3)) for size in (3_000, 12_000))
        print(f"four times as much of {unit!r:19} {long / short:>10.1f} times the time")
    return 0 if slowest >= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
