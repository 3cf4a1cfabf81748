"""The 33 园区(镇街) of Dongguan with their names and central points, for labels and for suggesting a town."""

from dataclasses import dataclass

CITY_CODE = "441900000"
_KINDS = ("街道", "镇", " Subdistrict", " Town")


@dataclass(frozen=True, slots=True)
class Town:
    """One 园区(镇街): its 9-digit code, its names, and a central point in degrees WGS-84."""

    code: str
    zh: str
    en: str
    lat: float
    lon: float


TOWNS: tuple[Town, ...] = (
    Town("441900003", "东城街道", "Dongcheng Subdistrict", 23.03, 113.783),
    Town("441900004", "南城街道", "Nancheng Subdistrict", 23.006, 113.745),
    Town("441900005", "万江街道", "Wanjiang Subdistrict", 23.047, 113.727),
    Town("441900006", "莞城街道", "Guancheng Subdistrict", 23.047, 113.752),
    Town("441900101", "石碣镇", "Shijie Town", 23.1, 113.806),
    Town("441900102", "石龙镇", "Shilong Town", 23.11, 113.862),
    Town("441900103", "茶山镇", "Chashan Town", 23.065, 113.878),
    Town("441900104", "石排镇", "Shipai Town", 23.088, 113.95),
    Town("441900105", "企石镇", "Qishi Town", 23.066, 114.02),
    Town("441900106", "横沥镇", "Hengli Town", 23.022, 113.972),
    Town("441900107", "桥头镇", "Qiaotou Town", 23.022, 114.085),
    Town("441900108", "谢岗镇", "Xiegang Town", 22.968, 114.14),
    Town("441900109", "东坑镇", "Dongkeng Town", 22.995, 113.94),
    Town("441900110", "常平镇", "Changping Town", 22.975, 114.0),
    Town("441900111", "寮步镇", "Liaobu Town", 22.997, 113.87),
    Town("441900112", "樟木头镇", "Zhangmutou Town", 22.915, 114.085),
    Town("441900113", "大朗镇", "Dalang Town", 22.94, 113.94),
    Town("441900114", "黄江镇", "Huangjiang Town", 22.88, 113.998),
    Town("441900115", "清溪镇", "Qingxi Town", 22.845, 114.16),
    Town("441900116", "塘厦镇", "Tangxia Town", 22.81, 114.08),
    Town("441900117", "凤岗镇", "Fenggang Town", 22.743, 114.15),
    Town("441900118", "大岭山镇", "Dalingshan Town", 22.902, 113.84),
    Town("441900119", "长安镇", "Chang'an Town", 22.805, 113.8),
    Town("441900121", "虎门镇", "Humen Town", 22.819, 113.673),
    Town("441900122", "厚街镇", "Houjie Town", 22.938, 113.675),
    Town("441900123", "沙田镇", "Shatian Town", 22.905, 113.617),
    Town("441900124", "道滘镇", "Daojiao Town", 23.0, 113.672),
    Town("441900125", "洪梅镇", "Hongmei Town", 22.99, 113.61),
    Town("441900126", "麻涌镇", "Machong Town", 23.047, 113.568),
    Town("441900127", "望牛墩镇", "Wangniudun Town", 23.053, 113.65),
    Town("441900128", "中堂镇", "Zhongtang Town", 23.092, 113.66),
    Town("441900129", "高埗镇", "Gaobu Town", 23.092, 113.735),
    Town("441900401", "松山湖", "Songshan Lake", 22.915, 113.88),
)

BY_CODE: dict[str, Town] = {town.code: town for town in TOWNS}


def town_name(code: str | None, language: str = "zh") -> str:
    """The name of a town in "zh" or "en"; the code itself if it is unknown, "" for None."""
    town = BY_CODE.get(code or "")
    if town is None:
        return code or ""
    return town.zh if language == "zh" else town.en


def short_name(town: Town, language: str = "zh") -> str:
    """The name of a town without what kind of place it is, for maps."""
    name = town.zh if language == "zh" else town.en
    return next((name.removesuffix(kind) for kind in _KINDS if name.endswith(kind)), name)
