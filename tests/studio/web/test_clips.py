"""A clip asked for on a script's page, made by the worker, watched and taken away."""

from studio.jobs.handlers import make_handlers
from studio.jobs.worker import Worker
from tests.studio.web.world import NOW, TEXT, World, csrf_of


def send(client, address, page, **form):
    return client.post(address, data={"csrf": csrf_of(client, page), **form})


def work(world: World) -> None:
    handlers = make_handlers(world.settings, world.store, lambda: NOW)
    worker = Worker(world.database, handlers, clock=lambda: NOW)
    while worker.run_once():
        pass


def test_a_clip_is_made_watched_and_taken_away(world: World):
    lan = world.signed_in("lan")
    assert "Chưa có clip" in lan.get("/scripts/nhap").text
    assert lan.get("/scripts/nhap/clip/9x16.mp4").status_code == 404
    assert send(lan, "/scripts/nhap/clips", "/scripts/nhap", shape="9:16").status_code == 303
    assert "<progress" in lan.get("/scripts/nhap").text
    work(world)
    page = lan.get("/scripts/nhap").text
    assert "/scripts/nhap/clip/9x16.mp4" in page
    part = lan.get("/scripts/nhap/clip/9x16.mp4", headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert "thôn ta bàn về nước sạch" in lan.get("/scripts/nhap/clip/9x16.vtt").text
    assert lan.get("/scripts/nhap/clip/9x16.jpg").content.startswith(b"\xff\xd8")
    for name in ("9x16.exe", "1x1.mp4", "..%2f9x16.mp4", "9x16"):
        assert lan.get(f"/scripts/nhap/clip/{name}").status_code == 404
    assert world.signed_in("truc").get("/scripts/nhap/clip/9x16.mp4").status_code == 403

    changed = TEXT.replace("nước sạch.", "giếng khoan.")
    send(lan, "/scripts/nhap", "/scripts/nhap", text=changed, revision=1)
    assert "Clip của bản cũ" in lan.get("/scripts/nhap").text
    send(lan, "/scripts/nhap/clips", "/scripts/nhap", shape="9:16")
    work(world)
    assert "giếng khoan" in lan.get("/scripts/nhap/clip/9x16.vtt").text
    kept = sorted(path.name for path in (world.settings.clips / "nhap").iterdir())
    assert kept == [f"2-9x16.{suffix}" for suffix in ("jpg", "mp4", "srt", "vtt")]


def test_what_is_no_shape_is_refused(world: World):
    lan = world.signed_in("lan")
    assert send(lan, "/scripts/nhap/clips", "/scripts/nhap", shape="4:3").status_code == 422
