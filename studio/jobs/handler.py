"""What a kind of job is made of: a callable and the way it tells how far it is."""

from collections.abc import Callable, Mapping

from studio.database import Database

Progress = Callable[[float, str], None]
"""Called with the share done (0-1) and a sentence for the person who waits."""

Handler = Callable[[Database, Mapping[str, object], Progress], dict[str, object] | None]
"""Does the work of one kind of job; opens its own short transactions; returns what to keep as result."""
