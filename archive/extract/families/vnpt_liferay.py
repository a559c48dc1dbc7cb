"""VNPT's article portlet on Liferay 6."""

from archive.extract.families.family import Family

FAMILY = Family(
    "vnpt-liferay",
    rank=1,
    marks=(".UI_Tinbai_chitiet",),
    title=(".UI_Tinbai_chitiet_tieude",),
    lead=(".UI_Tinbai_chitiet_noidungngan",),
    body=(".UI_Tinbai_chitiet_noidung",),
    date=(".UI_Tinbai_chitiet_startdate",),
)
