"""The prediction against the real engine."""

import pytest

from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.espeak import VOLUMES
from studio.voices.estimate import PACES, estimate_ms
from studio.voices.registry import OUTSIDE, voice_names
from studio.voices.voice import RECORDED

SENTENCES = """
Kính chào bà con.
Sáng nay, trạm y tế xã mở điểm tiêm cho trẻ nhỏ.
Ai có con dưới hai tuổi?
Xin mang theo sổ tiêm, thẻ bảo hiểm y tế và giấy khai sinh.
Trời còn mưa.
Đường qua suối trơn, bà con đi chậm.
Tổ vay vốn họp vào chiều thứ tư.
Mỗi hộ cử một người, mang theo chứng minh thư.
Lãi suất không đổi.
Chị Hoa kể: năm ngoái nhà chị thoát nghèo nhờ hai con bò.
Bò đẻ thêm bê, chị bán một con để trả nợ.
Vườn điều sau nhà cho quả đều.
Cán bộ khuyến nông hướng dẫn ủ phân, cắt cành, phòng bệnh.
Không ai phải trả tiền.
Nước giếng cần đun sôi.
Rửa tay trước khi ăn, sau khi đi vệ sinh, khi chăm trẻ.
Đậy kín chum vại để muỗi khỏi đẻ.
Lớp học nghề sửa máy nổ khai giảng tuần sau.
Học viên được hỗ trợ tiền ăn, tiền đi lại; học xong có chứng chỉ.
Bạn nào muốn đi làm việc ở nước ngoài thì hỏi phòng lao động.
Đừng đưa tiền cho người lạ!
Hãy gọi cho cán bộ xã.
Trợ giúp pháp lý là miễn phí.
Bà con có việc kiện cáo, tranh chấp đất, ly hôn thì tìm trợ giúp viên.
Nhà dột, vách nứt, nền ẩm là ba điều cần sửa.
Xã lập danh sách, họp thôn, niêm yết công khai.
Phụ nữ và nam giới cùng bàn việc nhà.
Con gái cũng được đi học.
Bạo lực gia đình là vi phạm pháp luật.
Mùa khô sắp tới, rẫy dễ cháy.
Không đốt rác gần rừng.
Thấy khói, bà con báo ngay cho kiểm lâm.
Chợ phiên họp ngày mười lăm.
Hàng gồm măng khô, mật ong, gà thả vườn và rau sạch.
Mời bà con đến mua.
Đoàn xã dạy người già dùng điện thoại.
Cụ nào chưa quen thì có cháu ngồi cạnh.
Học một buổi là gọi được cho con.
Sương muối có thể về trên các xã vùng cao.
Bà con che chắn chuồng trại, giữ ấm cho trâu bò.
Giống lúa mới chịu hạn khá, năng suất cao hơn giống cũ.
Ông Đinh Văn Bốn, trưởng thôn, cho biết cả thôn đã đóng góp ngày công làm đường.
Cầu treo sẽ thông xe trước tết.
Học sinh nghỉ học thì phụ huynh báo cho cô giáo nhé!
Ai là người được miễn học phí?
Đó là trẻ em hộ nghèo, hộ cận nghèo và con em đồng bào dân tộc thiểu số.
Chúc bà con một ngày lao động nhiều niềm vui.
Bản tin đến đây là hết.
Chương trình do trung tâm thực hiện, phát lại lúc năm giờ chiều.
Xin cảm ơn và hẹn gặp lại.
""".strip().splitlines()
TEXT = " ".join(SENTENCES)


@pytest.mark.parametrize(
    ("voice", "rate"), [*((voice, 1.0) for voice in VOLUMES), ("vi-north-f", 0.78), ("vi-north-m", 1.22)]
)
def test_the_prediction_meets_the_real_voice(voice, rate, tmp_path):
    asked = SENTENCES if (voice, rate) == ("vi-north-f", 1.0) else SENTENCES[::3]
    requests = [SpeechRequest(sentence, voice, rate) for sentence in asked]
    real_ms = [spoken.duration_ms for spoken in SpeechCache(tmp_path).speak_all(requests, workers=2)]
    predicted_ms = [estimate_ms(sentence, voice=voice, rate=rate) for sentence in asked]
    assert sum(predicted_ms) == pytest.approx(sum(real_ms), rel=0.05)
    errors = [abs(ours / real - 1) for ours, real in zip(predicted_ms, real_ms, strict=True)]
    assert sum(errors) / len(errors) < 0.07


def test_a_text_is_the_sum_of_its_sentences():
    assert len(SENTENCES) == 50
    assert estimate_ms(TEXT) == pytest.approx(sum(map(estimate_ms, SENTENCES)), rel=0.001)


def test_every_voice_of_ours_has_a_pace_and_others_the_usual():
    assert set(PACES) == set(voice_names()) - OUTSIDE - {RECORDED}
    assert estimate_ms("một hai", voice="khac") == estimate_ms("một hai")
    assert estimate_ms("") == 0
