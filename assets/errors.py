"""The errors of Loa, one tree.

LoaError
├── Invalid       2  the request is wrong: a script, a file, an option      HTTP 422
├── Missing       3  what was named is not there                            HTTP 404
├── Conflict      4  it contradicts what is there: slots overlap            HTTP 409
├── Forbidden     5  this person may not do this                            HTTP 403
├── Unavailable   6  out of reach now, try again: disk full, link down      HTTP 503
└── Damaged       7  data is not what its checksum says                     HTTP 500

A concrete error is named for the fact and carries the fact's data as keywords. It has no wording of its
own: the sentence stands in the message catalogue (`assets/wording/*/`) under `error.<ClassName>`, and
must name the place and the mend. The edge (command line, page, API) prints it in the reader's language.
"""

from typing import Any, ClassVar

from assets.messages import say


class LoaError(Exception):
    """Something that a person can act on.

    `exit_code` is the exit code of the command, `http_status` the status of a page or API answer.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(data)

    @property
    def code(self) -> str:
        return type(self).__name__

    def __str__(self) -> str:
        return say(f"error.{self.code}", **self.data)

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only errors cross process borders (speech and render workers) with their data.
        return _rebuild, (type(self), self.data)


def _rebuild(kind: type[LoaError], data: dict[str, object]) -> LoaError:
    return kind(**data)


class Invalid(LoaError):
    exit_code = 2
    http_status = 422


class Missing(LoaError):
    exit_code = 3
    http_status = 404


class Conflict(LoaError):
    exit_code = 4
    http_status = 409


class Forbidden(LoaError):
    exit_code = 5
    http_status = 403


class Unavailable(LoaError):
    exit_code = 6
    http_status = 503


class Damaged(LoaError):
    exit_code = 7
    http_status = 500


def all_errors() -> list[type[LoaError]]:
    """Every concrete error defined so far, for the documentation and its test."""
    found: list[type[LoaError]] = []
    branches = list(LoaError.__subclasses__())
    while branches:
        kind = branches.pop()
        found.append(kind)
        branches.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.__name__)
