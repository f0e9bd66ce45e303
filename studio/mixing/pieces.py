"""A programme's files: encoded at a stretch, or in pieces that are kept.

An MP3 is encoded in pieces of a minute or more, two at a time, each with a run-in and a run-out of what lies
around it (`splicing.py`). A piece is kept by all that determines its sound, so where a sentence is changed
only the pieces that sound different are encoded again. What comes out is the same with and without pieces
kept from before.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

from assets.ffmpeg import ffmpeg_version
from studio.mixing.encoding import Counter, Setting, Tell, Window, encode_window
from studio.mixing.mixer import Mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.splicing import FRAME_SAMPLES, RUN_IN, RUN_OUT, NoJoin, NotConstant, read_piece, splice

PIECE_VERSION = 7
"""Raised when the same piece would be encoded otherwise."""
PARALLEL = 2


def encode(
    mix: Mix, settings: Iterable[Setting], folder: Path, *, shelf: PieceShelf, tell: Tell
) -> dict[str, Path]:
    """One file per setting under `folder`; preset name to path.

    Raises:
        DiskFull, FfmpegFailed, FfmpegTimedOut
    """
    settings = list(settings)
    paths = {setting.preset.name: folder / setting.preset.name for setting in settings}
    joined = [setting for setting in settings if mix.joins and setting.may_be_joined]
    done = _encode_pieces(mix, joined, paths, folder, shelf=shelf, tell=tell) if joined else set()
    rest = [setting for setting in settings if setting.preset.name not in done]
    if rest:
        window = Window(0, mix.frames)
        encode_window(mix, window, [(one, paths[one.preset.name]) for one in rest], Counter(mix, tell))
    return paths


def _encode_pieces(
    mix: Mix,
    settings: Sequence[Setting],
    paths: dict[str, Path],
    folder: Path,
    *,
    shelf: PieceShelf,
    tell: Tell,
) -> set[str]:
    """The names of presets whose files are made; others are to be encoded at a stretch.

    Where two pieces cannot be joined, what both hold is made as one.
    """
    pieces = _Pieces(mix, folder, shelf, tell)
    joins = {setting.preset.name: list(mix.joins) for setting in settings}
    done: set[str] = set()
    waiting = list(settings)
    while waiting:
        cut = [(setting, _cut(mix, joins[setting.preset.name])) for setting in waiting]
        pieces.make(cut)
        waiting = []
        for setting, windows in cut:
            name = setting.preset.name
            try:
                splice(
                    (
                        read_piece(pieces.read(setting, window), window.start // FRAME_SAMPLES)
                        for window in windows
                    ),
                    [join // FRAME_SAMPLES for join in joins[name]],
                    paths[name],
                )
                done.add(name)
            except NoJoin as found:
                del joins[name][found.number]
                waiting.append(setting)
            except NotConstant:
                continue
    return done


def _cut(mix: Mix, joins: Iterable[int]) -> list[Window]:
    run_in, run_out = RUN_IN * FRAME_SAMPLES, RUN_OUT * FRAME_SAMPLES
    bounds = pairwise([0, *joins, mix.frames])
    return [Window(max(0, at - run_in), min(mix.frames, end + run_out)) for at, end in bounds]


class _Pieces:
    """Encoded pieces of a mix: from the shelf, or made, two at a time."""

    def __init__(self, mix: Mix, folder: Path, shelf: PieceShelf, tell: Tell) -> None:
        self._mix, self._folder, self._shelf = mix, folder, shelf
        self._sounds: dict[Window, list[object]] = {}
        self._counter = Counter(mix, tell)
        self._lanes: SimpleQueue[int] = SimpleQueue()
        for lane in range(PARALLEL):
            self._lanes.put(lane)

    def make(self, wanted: Iterable[tuple[Setting, Iterable[Window]]]) -> None:
        """What is not on the shelf; presets that want the same window are made at once."""
        missing: dict[Window, list[Setting]] = {}
        for setting, windows in wanted:
            for window in windows:
                missing.setdefault(window, []).append(setting)
        with ThreadPoolExecutor(PARALLEL) as pool:
            try:
                list(pool.map(self._make, missing, missing.values()))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def read(self, setting: Setting, window: Window) -> bytes:
        return self._shelf.read(self._key(setting, window))

    def _make(self, window: Window, settings: Iterable[Setting]) -> None:
        missing = [one for one in settings if not self._shelf.has(self._key(one, window))]
        made = [(one, self._folder / f"piece-{window.start}-{one.preset.name}") for one in missing]
        if made:
            lane = self._lanes.get()
            try:
                encode_window(self._mix, window, made, self._counter, lane)
            finally:
                self._lanes.put(lane)
        for setting, path in made:
            self._shelf.keep(self._key(setting, window), path)

    def _key(self, setting: Setting, window: Window) -> str:
        if window not in self._sounds:
            length = window.stop - window.start
            self._sounds[window] = [length, self._mix.describe(window.start, window.stop)]
        return _hash([*setting.recipe, *self._sounds[window]])


def _hash(recipe: list[object]) -> str:
    return hashlib.sha256(json.dumps([PIECE_VERSION, ffmpeg_version(), *recipe]).encode()).hexdigest()
