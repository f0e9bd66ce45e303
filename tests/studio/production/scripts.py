"""A script short enough to be made in a second, with every kind of cue that needs no recording."""

SHORT_SCRIPT = """---
tiêu đề: Nước sạch
nội dung: 3.water
đối tượng: 1
hình thức: 3.loudspeaker
giọng: {NỮ: vi-north-f, NAM: vi-north-m}
---
# Mở đầu
[nhạc cắt: chuong]
[nhạc nền: t-rung]
NỮ: Kính thưa bà con! Nước sạch đã về 3 thôn.

NAM (chậm): Hôm nay là ngày 5/6.
[hết nhạc nền]
[nghỉ 0,5s]
"""
