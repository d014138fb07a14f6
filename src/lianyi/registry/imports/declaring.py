"""Short ways to declare the columns of tables."""

from __future__ import annotations

from lianyi.rules import load_reference
from lianyi.tabular.columns import Choice, Column, ColumnKind

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def text(
    name: str, english: str, chinese: str, longest: int, *, required: bool = False, aliases: tuple[str, ...] = ()
) -> Column:
    return Column(name, english, chinese, ColumnKind.TEXT, required, maximum_length=longest, aliases=aliases)


def code(
    name: str, english: str, chinese: str, longest: int, *, required: bool = False, aliases: tuple[str, ...] = ()
) -> Column:
    return Column(name, english, chinese, ColumnKind.CODE, required, maximum_length=longest, aliases=aliases)


def day(name: str, english: str, chinese: str, *, required: bool = False) -> Column:
    return Column(name, english, chinese, ColumnKind.DATE, required, example="2021-05-10")


def moment(name: str, english: str, chinese: str) -> Column:
    return Column(name, english, chinese, ColumnKind.DATETIME, required=True, example="2021-05-10 08:30")


def whole(name: str, english: str, chinese: str, *, required: bool = False, most: int = 2_000_000_000) -> Column:
    return Column(name, english, chinese, ColumnKind.INTEGER, required, minimum=0, maximum=most)


def year(name: str, english: str, chinese: str) -> Column:
    return Column(name, english, chinese, ColumnKind.YEAR, required=True, minimum=EARLIEST_YEAR, maximum=LATEST_YEAR)


def yes_no(name: str, english: str, chinese: str) -> Column:
    return Column(name, english, chinese, ColumnKind.BOOLEAN)


def choice(name: str, english: str, chinese: str, choices: tuple[Choice, ...], *, required: bool = False) -> Column:
    return Column(name, english, chinese, ColumnKind.CHOICE, required, choices)


def listed(name: str, english: str, chinese: str, reference_list: str, *, required: bool = False) -> Column:
    """Declare a column whose values are codes of a reference list; its words in both languages are accepted too."""
    choices = tuple(Choice(item.code, item.en, item.zh) for item in load_reference(reference_list))
    return choice(name, english, chinese, choices, required=required)


SOURCE = text("source", "Source", "来源", 300)
PROVENANCE = choice(
    "provenance",
    "Provenance",
    "数据性质",
    (
        Choice("recorded", "Recorded", "登记"),
        Choice("reported", "Reported", "报道"),
        Choice("sample", "Sample", "样例"),
    ),
)
POSITION = (
    Column("longitude", "Longitude", "经度", ColumnKind.LONGITUDE, example="114.415"),
    Column("latitude", "Latitude", "纬度", ColumnKind.LATITUDE, example="23.112"),
    choice(
        "coordinate_system",
        "Coordinate system",
        "坐标系",
        (
            Choice("wgs84", "WGS 84", "WGS-84", ("wgs-84", "epsg:4326", "gps")),
            Choice("cgcs2000", "CGCS2000", "国家2000大地坐标系", ("2000国家大地坐标系",)),
            Choice("gcj02", "GCJ-02", "火星坐标系", ("gcj-02", "高德", "腾讯")),
            Choice("bd09", "BD-09", "百度坐标系", ("bd-09", "百度")),
        ),
    ),
)
INSTITUTION_CODE = code(
    "institution_code", "Institution code", "机构代码", 32, required=True, aliases=("机构编码", "医疗机构代码")
)
