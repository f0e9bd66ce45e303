"""What a clip costs beyond its sound: drawing, filming, memory; run as `python -m benchmarks.clips`."""

import resource
import sys
import tempfile
from pathlib import Path

from assets.ffmpeg import open_feed, run_graph, write_sound
from assets.stills import write_film
from studio.clips.captions import cut_captions
from studio.clips.film import choose_look, draw_stills
from studio.mixing.timeline import Caption, Chapter, Timeline

SECONDS = 60
SAID = "Bà con ở xã nhớ mang sổ khám bệnh, thẻ bảo hiểm y tế và số điện thoại của gia đình."


def make_timeline() -> Timeline:
    captions = tuple(
        Caption("NỮ", SAID, start, start + 4500, SAID, 1, 1, ()) for start in range(0, SECONDS * 1000, 5000)
    )
    chapters = tuple(Chapter(f"Chương {start}", start * 1000) for start in range(0, SECONDS, 15))
    return Timeline(SECONDS * 1000, (), (), (), chapters, captions)


def main() -> None:
    timeline = make_timeline()
    for shape in ("16:9", "1:1", "9:16"):
        look = choose_look(shape, 720, pictures=None, logo=None)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            silence = write_sound(
                open_feed(rate_hz=48_000, channels=2), folder / "s.m4a", container="mp4", acodec="aac"
            )
            run_graph([silence], timeout_s=60, feed=(bytes(384_000) for _ in range(SECONDS)))
            before = cpu_s()
            phrases = cut_captions(timeline.captions, most=look.canvas.caption_characters)
            stills = draw_stills(timeline, phrases, look, folder, title="Thông báo")
            write_film(stills, folder / "s.m4a", folder / "film.mp4", title="", timeout_s=300)
            print(f"{shape:>5} 720p {SECONDS} s: {cpu_s() - before:.1f} s CPU, {len(stills)} pictures")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory of our own process: {peak_mb:.0f} MB")


def cpu_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
