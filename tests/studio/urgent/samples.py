"""CAP 1.2 alerts as text, with any element exchanged."""

from xml.sax.saxutils import escape

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"


def info(language="vi-VN", areas=("xã Ia Dom",), expires="2026-12-01T20:00:00+07:00", **texts):
    said = {
        "event": "Lũ quét",
        "headline": "Cảnh báo lũ quét trên sông Sa Thầy",
        "description": "Nước sông lên nhanh trong 3 giờ tới.",
        "instruction": "Bà con vùng thấp chuyển lên nhà văn hóa thôn.",
        **texts,
    }
    places = "".join(
        f"<area><areaDesc>{escape(area)}</areaDesc><polygon>14.1,107.4 14.2,107.5 14.0,107.6 14.1,107.4"
        "</polygon></area>"
        for area in areas
    )
    end = f"<expires>{expires}</expires>" if expires else ""
    return (
        f"<info><language>{language}</language><category>Met</category><event>{escape(said['event'])}</event>"
        f"<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>{end}"
        f"<headline>{escape(said['headline'])}</headline>"
        f"<description>{escape(said['description'])}</description>"
        f"<instruction>{escape(said['instruction'])}</instruction>{places}</info>"
    )


def alert(
    identifier="KTTV-1",
    sender="kttv@kontum.example",
    sent="2026-12-01T09:30:00+07:00",
    status="Actual",
    message="Alert",
    scope="Public",
    references="",
    infos=None,
    **more,
):
    about = f"<references>{references}</references>" if references else ""
    blocks = "".join(infos if infos is not None else [info(**more)])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="{NAMESPACE}"><identifier>{identifier}'
        f"</identifier><sender>{sender}</sender><sent>{sent}</sent><status>{status}</status>"
        f"<msgType>{message}</msgType><scope>{scope}</scope>{about}{blocks}</alert>"
    ).encode()


def refer(identifier="KTTV-1", sender="kttv@kontum.example", sent="2026-12-01T09:30:00+07:00"):
    return f"{sender},{identifier},{sent}"
