"""The fields that an inspector enters for a demo hazard: location, defects and measures."""

from dataclasses import dataclass
from datetime import date
from math import cos, pi, radians, sin
from random import Random
from typing import Any

from shared.towns import Town
from shared.vocabulary import KitItem, WaterType
from sync_server.demo import words

ALONG_A_LINE = frozenset(
    {WaterType.RIVER, WaterType.CREEK, WaterType.DITCH, WaterType.SLUICE_PUMP, WaterType.COAST_WHARF}
)
DEEP = frozenset({WaterType.RIVER, WaterType.RESERVOIR, WaterType.LAKE, WaterType.QUARRY, WaterType.SITE_PIT})
_DEGREE_M = 111_000
_STATES = ("good", "damaged", "missing")
_DEFECT = {"sign": "no_sign", "ring": "no_ring", "rope": "no_rope", "pole": "no_pole", "fence": "no_fence"}
_DEFECT_WORDS = {
    "no_sign": "现场没有警示牌",
    "no_ring": "没有救生圈",
    "no_rope": "没有救生绳",
    "no_pole": "没有救生杆",
    "no_fence": "临路一侧没有围蔽",
    "steep_bank": "岸坡陡、易滑倒",
    "deep_water": "水深，离岸一步即没顶",
    "kit_damaged": "救生设施破损",
    "owner_unclear": "权属不清，无人看管",
}


@dataclass(frozen=True, slots=True)
class Landscape:
    """The waters of one town: winding creeks (bearings in radians) and clusters of ponds (metres)."""

    town: Town
    bearings: tuple[float, ...]
    ponds: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, town: Town, rng: Random) -> "Landscape":
        ponds = tuple((rng.uniform(-2400, 2400), rng.uniform(-2400, 2400)) for _ in range(6))
        return cls(town, tuple(rng.uniform(0, pi) for _ in range(2)), ponds)

    def place(self, water_type: WaterType, rng: Random) -> tuple[float, float]:
        """A point in degrees within about 3 km of the town's centre."""
        if water_type in ALONG_A_LINE:
            bearing, along = rng.choice(self.bearings), rng.uniform(-2800, 2800)
            offset = 350 * sin(along / 600) + rng.gauss(0, 25)
            east = along * sin(bearing) + offset * cos(bearing)
            north = along * cos(bearing) - offset * sin(bearing)
        else:
            centre = rng.choice(self.ponds)
            east, north = centre[0] + rng.gauss(0, 220), centre[1] + rng.gauss(0, 220)
        lat = self.town.lat + north / _DEGREE_M
        return round(lat, 6), round(self.town.lon + east / (_DEGREE_M * cos(radians(lat))), 6)


def fields(
    landscape: Landscape, water_type: WaterType, found: date, due: date, moment: str, rng: Random
) -> dict[str, Any]:
    """The fields of a hazard's first save; some are missing, as in real reports."""
    town = landscape.town
    village = words.village(town, rng)
    lat, lon = landscape.place(water_type, rng)
    kit = {item: rng.choices(_STATES, (3, 2, 5))[0] for item in KitItem if item is not KitItem.PATROL} | {
        KitItem.PATROL: rng.choices(_STATES, (6, 1, 3))[0]
    }
    deep = water_type in DEEP
    bank = rng.choices(("gentle", "steep", "vertical"), (3, 4, 3))[0]
    defects = [_DEFECT[item] for item, state in kit.items() if state == "missing" and item in _DEFECT]
    defects += ["steep_bank"] * (bank != "gentle") + ["deep_water"] * deep
    defects += ["kit_damaged"] * ("damaged" in kit.values()) + ["owner_unclear"] * (rng.random() < 0.05)
    depth = round(rng.uniform(1.2, 6) if deep else rng.uniform(0.3, 2.8), 1)
    unit = f"{village}村民委员会" if rng.random() < 0.7 else f"{town.zh}水务工程运营中心"
    written: dict[str, Any] = {
        "year": found.year,
        "town_code": town.code,
        "village": village,
        "water_name": words.water_name(water_type, town, rng),
        "water_type": water_type.value,
        "address": words.address(town, village, rng),
        "position": {
            "lat": lat,
            "lon": lon,
            "accuracy_m": round(rng.lognormvariate(1.9, 0.6), 1),
            "source": rng.choices(("gnss", "map_pick"), (9, 1))[0],
            "fix_time": moment,
        },
        "depth_m": depth,
        "flow": "still" if water_type not in ALONG_A_LINE else rng.choice(("slow", "tidal", "fast")),
        "bank": bank,
        "bed": rng.choices(("firm", "silt", "drop"), (2, 4, 4))[0],
        "access": rng.choices(("partial", "open", "inviting"), (2, 5, 3))[0],
        "nearest_school": words.school(town, rng),
        "school_distance_m": int(rng.triangular(60, 1600, 250)),
        "on_route": rng.random() < 0.45,
        "observed_use": [rng.choices(("none", "fishing", "playing", "swimming"), (3, 3, 2, 2))[0]],
        "incident_history": rng.choices(("none", "near_miss", "death"), (92, 7, 1))[0],
        "owner_unit": unit,
        "responsible_unit": unit,
        "responsible_person": words.person(rng),
        "phone": words.phone(rng),
        "patroller": words.person(rng),
        "lead_dept": rng.choices(("village", "water", "agriculture", "housing"), (6, 2, 2, 1))[0],
        "defect_types": defects,
        "description": "；".join(_DEFECT_WORDS[defect] for defect in defects[:4]) + "。"
        if defects
        else "需加强巡查。",
        "measure_class": ["warn", "equip"] + ["isolate"] * ("no_fence" in defects),
        "measures": "补齐“四个一”救生设施，临水一侧加装围蔽，安排专人巡查。",
        "due_date": due.isoformat(),
        "found_on": found.isoformat(),
    }
    written |= {
        f"kit_{item}": {"state": state, "count": 0 if state == "missing" else rng.randint(1, 3)}
        for item, state in kit.items()
    }
    for name in ("depth_m", "flow", "bed", "school_distance_m", "nearest_school", "kit_camera_voice"):
        if rng.random() < 0.12:
            del written[name]
    return written


def repaired(written: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The hazard's kit and access after rectification: missing or damaged items are in place."""
    kit = {
        name: {"state": "good", "count": rng.randint(1, 3)}
        for name, value in written.items()
        if name.startswith("kit_") and value["state"] != "good" and rng.random() < 0.9
    }
    return {**kit, "access": "closed" if "kit_fence" in kit else "partial"}
