"""The columns that most tests of tables use: one of every kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lianyi.tabular import Choice, Column, ColumnKind

CODE = Column(
    "code",
    "Code",
    "机构编码",
    ColumnKind.CODE,
    required=True,
    aliases=("OrgCode",),
    help_en="As licensed.",
    example="0012",
)
NAME = Column("name", "Name", "机构名称", ColumnKind.TEXT, required=True, maximum_length=200)
PLACE = Column("place_code", "Place code", "区划代码", ColumnKind.CODE, example="441302")
KIND = Column(
    "kind",
    "Kind",
    "类型",
    ColumnKind.CHOICE,
    choices=(
        Choice("hospital", "Hospital", "医院", ("总院",)),
        Choice("none", "None", "无"),
        Choice("3", "Third", "三级"),
    ),
)
OPENED = Column("opened", "Start date", "开始日期", ColumnKind.DATE, minimum=date(1800, 1, 1))
ENTERED = Column("entered", "Entered at", "录入时间", ColumnKind.DATETIME)
BEDS = Column("beds", "Beds", "床位数", ColumnKind.INTEGER, minimum=0, maximum=100_000)
AREA = Column("area", "Area (km²)", "面积（平方公里）", ColumnKind.DECIMAL)
SHARE = Column("share", "Share", "占比", ColumnKind.DECIMAL, accepts_percent=True, maximum=Decimal(1))
ALL_DAY = Column("all_day", "24 h service", "24小时服务", ColumnKind.BOOLEAN)
LONGITUDE = Column("longitude", "Longitude", "经度", ColumnKind.LONGITUDE)
LATITUDE = Column("latitude", "Latitude", "纬度", ColumnKind.LATITUDE)
YEAR = Column("year", "Year", "年份", ColumnKind.YEAR)

INSTITUTION = (CODE, NAME, PLACE, KIND, OPENED, ENTERED, BEDS, AREA, SHARE, ALL_DAY, LONGITUDE, LATITUDE, YEAR)
