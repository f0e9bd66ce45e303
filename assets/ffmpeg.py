"""The one place that runs ffmpeg: a graph goes in, a finished file or a named error comes out.

Invalid
└── MediaUnreadable
    ├── MediaEmpty
    └── MediaSoundless
Unavailable
├── FfmpegAbsent
├── FfmpegFailed
├── FfmpegTimedOut
└── DiskFull

Graphs are ffmpeg-python streams: `open_media(path).filter(...)`, ended by `write_sound` or `discard`.
ffmpeg never sees a shell, our standard input, the network, or a name it could take for an option.
It writes under temporary names only; who calls gives the final name when the result is judged.
"""

import fcntl
import os
import re
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import ffmpeg
import imageio_ffmpeg

from assets.errors import Invalid, Unavailable
from assets.units import Milliseconds

Stream = Any
"""A node of a graph; ffmpeg-python has no types."""

PROTOCOLS = "file,pipe"
CONTAINERS = (
    "3gp,aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,iff,ircam,loas,m4a,matroska,mov,"
    "mp3,mp4,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,rm,s16le,s32le,sox,tak,truehd,tta,voc,w64,wav,webm,wv"
)
"""Formats that hold their own sound; a playlist (m3u8, ffconcat, sdp) makes ffmpeg open what it names."""
KEPT_ERRORS = 12
FEW_CORES = 2
"""Where there are no more, programs that work side by side keep to a core each."""
PIPE_BYTES = 1 << 20
"""As much as Linux gives without being asked for more."""


class MediaUnreadable(Invalid):
    """ffmpeg cannot decode it; `path` and `reason` (ffmpeg's words)."""


class MediaEmpty(MediaUnreadable):
    """A file without a single byte."""


class MediaSoundless(MediaUnreadable):
    """Media, but no audio in it."""


class FfmpegAbsent(Unavailable):
    pass


class FfmpegFailed(Unavailable):
    pass


class FfmpegTimedOut(Unavailable):
    pass


class DiskFull(Unavailable):
    pass


@cache
def find_ffmpeg() -> str:
    """The program that came with the imageio-ffmpeg wheel (or `IMAGEIO_FFMPEG_EXE`).

    Raises:
        FfmpegAbsent
    """
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FfmpegAbsent from error


@cache
def ffmpeg_version() -> str:
    """Part of every recipe: another ffmpeg may make other bytes."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_version())
    except RuntimeError as error:
        raise FfmpegAbsent from error


def open_media(path: Path, **options: object) -> Stream:
    """A graph's input from a file, by content and never by name; any character may stand in the name."""
    return ffmpeg.input(f"file:{path}", protocol_whitelist=PROTOCOLS, format_whitelist=CONTAINERS, **options)


def open_feed(*, rate_hz: int, channels: int) -> Stream:
    """A graph's input from `run_graph(feed=...)`: 32-bit float samples, little endian, interleaved.

    More than two channels are several sounds side by side: `pick_channels` parts them.
    """
    layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}C")
    return ffmpeg.input("pipe:0", format="f32le", ar=rate_hz, ch_layout=layout, protocol_whitelist=PROTOCOLS)


def pick_channels(feed: Stream, numbers: Sequence[Sequence[int]]) -> list[Stream]:
    """One stream for each of `numbers`, of one or two channels of `feed`, counted from 0."""
    split = feed.filter_multi_output("asplit", len(numbers))
    layouts = {1: "mono", 2: "stereo"}
    return [
        split[place].filter(
            "pan", args="|".join([layouts[len(own)], *(f"c{to}=c{source}" for to, source in enumerate(own))])
        )
        for place, own in enumerate(numbers)
    ]


def write_sound(stream: Stream, path: Path, *, container: str, **options: object) -> Stream:
    """An output that depends on its input alone: no dates, no versions, no tags but those in `options`."""
    return ffmpeg.output(
        stream,
        f"file:{path}",
        format=container,
        map_metadata=-1,
        fflags="+bitexact",
        **{"flags:a": "+bitexact"},
        **options,
    )


def stream_sound(stream: Stream) -> Stream:
    """An output to `run_graph(on_data=...)`: WAV with 32-bit float samples, its sizes not filled in."""
    return ffmpeg.output(stream, "pipe:1", format="wav", acodec="pcm_f32le", fflags="+bitexact")


def stream_raw(stream: Stream, *, codec: str) -> Stream:
    """An output to `run_graph(on_data=...)`: bare samples of a codec such as `pcm_s32le`."""
    return ffmpeg.output(stream, "pipe:1", format=codec.removeprefix("pcm_"), acodec=codec)


def discard(stream: Stream) -> Stream:
    """An output that nobody keeps, for graphs that measure."""
    return ffmpeg.output(stream, "pipe:1", format="null")


def run_graph(
    outputs: Sequence[Stream],
    *,
    timeout_s: float,
    source: Path | None = None,
    feed: Iterable[bytes | memoryview] | None = None,
    on_data: Callable[[bytes], None] | None = None,
    on_log: Callable[[str], None] | None = None,
    on_fault: Callable[[str], None] | None = None,
    progress: Callable[[Milliseconds], None] | None = None,
    lane: int | None = None,
) -> None:
    """Run a graph to its end.

    `source` is the file to name when the input turns out to be unreadable. `feed` supplies `open_feed`;
    `on_data` receives what `stream_sound` gives, `on_log` each line of ffmpeg's log without its level,
    `on_fault` its errors, also those it survives, `progress` the time on tape written so far. Its threads
    talk into each other's lines: nothing that counts may be read from its log. `lane` counts those that the
    caller runs side by side, from 0.

    The child is killed when time is up and when anything here is interrupted.

    Raises:
        MediaEmpty, MediaSoundless, MediaUnreadable: `source` is to blame.
        DiskFull, FfmpegTimedOut, FfmpegFailed, FfmpegAbsent
    """
    if source is not None:
        _look_at(source)
    log = _Log(on_log or _ignore, on_fault or _ignore, progress or _ignore)
    with _Child(
        _command(outputs, level="info" if on_log else "error"),
        fed=feed is not None,
        heard=on_data is not None,
        timeout_s=timeout_s,
        lane=lane,
    ) as child:
        child.listen(child.process.stderr, _lines(log.take))
        if on_data is not None:
            child.listen(child.process.stdout, on_data)
        if feed is not None:
            child.feed(feed)
        child.wait()
    if child.timed_out:
        raise FfmpegTimedOut(seconds=round(timeout_s))
    if child.process.returncode != 0:
        raise _explain(log.errors, source)


def _command(outputs: Sequence[Stream], *, level: str) -> list[str]:
    guards = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", f"level+{level}", "-progress", "pipe:2"]
    command: list[str] = ffmpeg.compile(
        ffmpeg.merge_outputs(*outputs), cmd=[find_ffmpeg(), *guards], overwrite_output=True
    )
    return command


class _Child:
    """A running ffmpeg: killed when its time is up or our block ends early, its pipes read to the end."""

    def __init__(
        self, command: list[str], *, fed: bool, heard: bool, timeout_s: float, lane: int | None
    ) -> None:
        self.timed_out = False
        self._readers: list[threading.Thread] = []
        self._failures: list[BaseException] = []
        # Its own session: a Ctrl-C at the terminal is ours to handle, and we kill it then.
        try:
            self.process = subprocess.Popen(  # noqa: S603 no shell, our own program, guarded names
                command,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=subprocess.PIPE if heard else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise FfmpegAbsent from error
        _let_run(self.process.pid)
        if lane is not None:
            _keep_to_core(self.process.pid, lane)
        for pipe in (self.process.stdin, self.process.stdout):
            _widen(pipe)
        self._timer = threading.Timer(timeout_s, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._timer.join()
        for reader in self._readers:
            reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        if error is None and self._failures:
            raise self._failures[0]

    def listen(self, pipe: IO[bytes] | None, take: Callable[[bytes], None]) -> None:
        assert pipe is not None

        def read() -> None:
            try:
                while chunk := pipe.read(1 << 18):
                    take(chunk)
            except BaseException as failure:  # noqa: BLE001 raised again in the caller's thread
                self._failures.append(failure)
                self.process.kill()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self._readers.append(reader)

    def feed(self, chunks: Iterable[bytes | memoryview]) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        # A child that died says why in its log.
        with suppress(BrokenPipeError):
            for chunk in chunks:
                view = memoryview(chunk)
                while view:
                    view = view[pipe.write(view) :]
        with suppress(BrokenPipeError):
            pipe.close()

    def wait(self) -> None:
        self.process.wait()

    def _expire(self) -> None:
        self.timed_out = True
        self.process.kill()


def _let_run(pid: int) -> None:
    """Its threads hand on every frame: let none interrupt another for one. It saves an eighth of CPU."""
    if (batch := getattr(os, "SCHED_BATCH", None)) is not None:
        with suppress(OSError):
            os.sched_setscheduler(pid, batch, os.sched_param(0))


def _keep_to_core(pid: int, lane: int) -> None:
    """A frame that goes from thread to thread stays in one cache: a tenth of CPU where all cores are busy.

    With cores to spare the system knows better where to put it.
    """
    cores = sorted(getattr(os, "sched_getaffinity", lambda _: ())(0))
    if 1 < len(cores) <= FEW_CORES:
        with suppress(OSError):
            os.sched_setaffinity(pid, {cores[lane % len(cores)]})


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a pipe hold more: each time it is full or empty, the system must switch between two programs."""
    if pipe is not None and (size := getattr(fcntl, "F_SETPIPE_SZ", None)) is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, size, PIPE_BYTES)


class _Log:
    """What ffmpeg says on its error channel: leveled lines, and key=value blocks of `-progress`."""

    def __init__(
        self,
        on_log: Callable[[str], None],
        on_fault: Callable[[str], None],
        progress: Callable[[Milliseconds], None],
    ) -> None:
        self.errors: deque[str] = deque(maxlen=KEPT_ERRORS)
        self._on_log = on_log
        self._on_fault = on_fault
        self._progress = progress

    def take(self, line: str) -> None:
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdigit():
            self._progress(Milliseconds(int(value) // 1000))
        else:
            text, is_error = re.subn(r"\[(error|fatal|panic)\] ", "", line, count=1)
            if is_error:
                self.errors.append(text)
                self._on_fault(text)
            self._on_log(re.sub(r"\[(info|warning)\] ", "", text, count=1))


def _lines(take: Callable[[str], None]) -> Callable[[bytes], None]:
    """Cut chunks into lines; what is not UTF-8 (tags of old files) is replaced, never fatal."""
    rest = b""

    def cut(chunk: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            take(line.decode("utf-8", "replace").rstrip("\r"))

    return cut


def _ignore(*_said: object) -> None:
    return


def _look_at(source: Path) -> None:
    """Name what a decoder would only call invalid data."""
    try:
        if source.stat().st_size == 0 and source.is_file():
            raise MediaEmpty(path=str(source))
        with source.open("rb"):
            pass
    except OSError as error:
        raise MediaUnreadable(path=str(source), reason=error.strerror or str(error)) from error


def _explain(errors: Iterable[str], source: Path | None) -> Invalid | Unavailable:
    """The error behind a failed run, from the log's own words."""
    said = [re.sub(r"^\[[^\]]* @ 0x[0-9a-f]+\] ", "", line) for line in errors]
    text = "\n".join(said)
    if re.search(r"No space left on device|Disk quota exceeded", text):
        return DiskFull()
    reason = next(iter(said), "")
    if source is None:
        return FfmpegFailed(reason=reason)
    if "matches no streams" in text or "does not contain any stream" in text:
        return MediaSoundless(path=str(source))
    return MediaUnreadable(path=str(source), reason=reason)
