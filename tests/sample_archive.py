"""The archive that the tests of search, show, duplicates, export and statistics read. Its texts are written for it."""

from __future__ import annotations

from pathlib import Path

from archive_builder import ArchiveBuilder

from archive.records import PageKind, Removal

EQUALITY = """Sáng ngày 5 tháng 10, Uỷ ban nhân dân huyện tổ chức hội nghị triển khai kế hoạch bình đẳng giới.
Hội nghị do đồng chí Phó Chủ tịch chủ trì, với sự tham dự của đại diện mười hai xã và hai thị trấn trên địa bàn.
Theo báo cáo, tỷ lệ cán bộ nữ tham gia cấp ủy đạt ba mươi phần trăm, tăng hai điểm so với nhiệm kỳ trước.
Kế hoạch đặt mục tiêu mỗi thôn có một tổ tư vấn, mỗi trường học có một buổi nói chuyện chuyên đề trong học kỳ.
Các đại biểu thảo luận về cách đưa nội dung vào hương ước, quy ước, để người dân cùng thực hiện và giám sát.
Kết luận hội nghị, đồng chí Phó Chủ tịch yêu cầu các xã hoàn thành kế hoạch chi tiết trước ngày hai mươi."""
ROAD = """Tuyến đường liên thôn dài bốn cây số đang được thi công, dự kiến hoàn thành trong quý hai.
Người dân đang góp công san nền, đang hiến đất và đang chăm sóc cây ven đường.
Bà con cho biết đường mới giúp việc chở nông sản ra chợ thuận tiện hơn nhiều so với trước đây."""
PARTY = """Đảng bộ xã họp phiên thường kỳ, nghe chi bộ các thôn báo cáo công tác quý một.
Hội nghị bàn việc hòa giải ở cơ sở, việc thu quỹ và kế hoạch làm sạch kênh mương trước mùa mưa."""
NOTICE = """Uỷ ban nhân dân phường thông báo lịch tiếp công dân tuần {week} năm 2023 tại trụ sở phường như sau.
Thời gian tiếp từ 7 giờ 30 phút ngày {day} tháng 3, người tiếp là đồng chí Chủ tịch phường và công chức tư pháp.
Công dân đến làm việc mang theo giấy tờ tùy thân, đơn thư và tài liệu có liên quan, giữ trật tự tại phòng tiếp.
Trường hợp không thể đến, công dân gửi đơn qua đường bưu điện hoặc nộp tại bộ phận một cửa trong giờ hành chính.
Kết quả giải quyết được niêm yết tại nhà văn hóa các tổ dân phố và gửi cho người làm đơn theo thời hạn luật định."""

BACKAN = "https://backan.gov.vn"
THAINGUYEN = "https://thainguyen.gov.vn"
GIALAI = "https://gialai.gov.vn"
MINISTRY = "https://bo.gov.vn"


def build(path: Path) -> Path:
    """Fill a new archive in the folder `path` and return it.

    Eight articles on four portals: `EQUALITY` thrice (exact on Bắc Kạn and Thái Nguyên, near on Gia Lai), two issues of
    `NOTICE`, `ROAD` without a date, `PARTY`, and an English article in two revisions; one listing and one error.
    """
    with ArchiveBuilder(path) as builder:
        builder.portal("backan", "Bắc Kạn", "Thái Nguyên")
        builder.portal("thainguyen", "Thái Nguyên", "Thái Nguyên")
        builder.portal("gialai", "Gia Lai", "Gia Lai")
        builder.portal("bo")
        builder.other(f"{BACKAN}/", PageKind.LISTING)
        builder.article(
            f"{BACKAN}/binh-dang-gioi",
            "Triển khai kế hoạch bình đẳng giới",
            EQUALITY,
            published_at="2022-10-05",
            lead=EQUALITY.splitlines()[0],
            author="Lan Anh",
            source="Cổng thông tin huyện",
            category="Tin tức",
            captions=("Quang cảnh hội nghị",),
            removed=[Removal("Lượt xem: 12", "counter"), Removal(EQUALITY, "repeat")],
            visible_chars=4 * len(EQUALITY),
        )
        builder.article(
            f"{THAINGUYEN}/tin/123", "Kế hoạch bình đẳng giới năm 2022", EQUALITY, published_at="2022-10-07T09:15+07:00"
        )
        builder.article(
            f"{GIALAI}/van-ban/9",
            "Hội nghị về bình đẳng giới",
            EQUALITY.replace("ba mươi phần trăm", "ba mươi mốt phần trăm"),
            published_at="2022-10-09",
        )
        builder.article(f"{GIALAI}/duong-moi", "Đường mới về thôn", ROAD)
        builder.article(f"{BACKAN}/dang-bo", "Đảng bộ xã họp thường kỳ", PARTY, published_at="2025-08-04")
        for week, day in ((10, 6), (11, 13)):
            text = NOTICE.format(week=week, day=day)
            url = f"{THAINGUYEN}/lich-tiep-dan/{week}"
            builder.article(url, f"Lịch tiếp công dân tuần {week}", text, published_at=f"2023-03-{day:02d}")
        english = "The ministry met donors on rural health."
        for signed in ("Two", "Three"):
            text = f"{english}\n{signed} grants were signed."
            builder.article(f"{MINISTRY}/en/1", "Donor meeting", text, published_at="2024-01-02")
        builder.other(f"{MINISTRY}/gone", PageKind.ERROR, "status 404")
    return path
