"""A programme made with its own engine or, when that cannot speak all of it, with the next one."""

from collections.abc import Callable
from typing import TypeVar

from assets.errors import LoaError
from assets.messages import say
from studio.production.engines import Refusal, Voicing, list_further
from studio.production.programme import Draft, Progress, give_engine
from studio.settings import Settings
from studio.voices.registry import CANNOT_SPEAK, voices_of

T = TypeVar("T")


def make_with_fallback(
    draft: Draft, attempt: Callable[[Draft], T], *, settings: Settings, progress: Progress
) -> T:
    """What `attempt` makes of the draft, or of the same programme spoken by the next engine.

    An attempt that failed left nothing but sentences in the cache: no programme has two engines.

    Raises:
        EngineNotKnown
        what the first attempt raised, if no engine can speak the programme.
    """
    engine = draft.voicing.engine
    further = list_further(engine, settings.voice_fallback) if engine else []
    refusals = list(draft.voicing.instead_of)
    refused: LoaError | None = None
    for name in [engine, *further]:
        if name != engine and not voices_of(name):
            refusals.append(Refusal(name, say("production.no_voice")))
            continue
        if name != engine:
            progress(0.0, say("production.instead", engine=name, refused=refusals[-1].engine))
            draft = give_engine(draft, Voicing(name, tuple(refusals)))
        try:
            return attempt(draft)
        except CANNOT_SPEAK as error:
            refused = refused or error
            refusals.append(Refusal(name, str(error)))
    assert refused
    raise refused
