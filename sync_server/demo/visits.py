"""Demo sessions of safety education."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.china_time import CHINA_TIME
from shared.operations import Kind, RecordType
from shared.towns import Town
from sync_server.demo import words
from sync_server.demo.cast import Actor, record_id
from sync_server.demo.hazard_story import DemoChange

_KINDS = ("school_class", "family", "village", "custody", "online")
_METHODS = {
    "school_class": "class_meeting",
    "family": "door_to_door",
    "village": "broadcast",
    "online": "video",
}


def visit(town: Town, actor: Actor, at_ms: int, rng: Random) -> DemoChange:
    """One session, saved on the day it took place."""
    kind = rng.choices(_KINDS, (5, 4, 3, 1, 1))[0]
    began = datetime.fromtimestamp(at_ms / 1000, CHINA_TIME)
    people = rng.randint(20, 60) if kind != "school_class" else rng.randint(40, 400)
    fields: dict[str, Any] = {
        "visit_type": kind,
        "date": began.date().isoformat(),
        "start": f"{began:%H:%M}",
        "end": f"{began + timedelta(minutes=rng.randint(30, 80)):%H:%M}",
        "town_code": town.code,
        "place": words.school(town, rng) if kind == "school_class" else words.village(town, rng),
        "organiser": f"{town.zh}教育管理中心(演示)",
        "presenter": words.person(rng),
        "audience": "学生" if kind in ("school_class", "custody") else "家长",
        "grade_band": rng.choice(("小学低年级", "小学高年级", "初中")),
        "headcount": people,
        "topics": ["drowning", *rng.sample(("traffic", "heat", "flood"), rng.randint(0, 1))],
        "method": [_METHODS.get(kind, "lecture")],
        "leaflets": people,
        "letters_issued": people,
        "receipts_returned": int(people * rng.uniform(0.8, 1)),
        "feedback": "家长表示会加强看管。",
    }
    if kind == "family":
        fields["households"] = rng.randint(10, 40)
    elif kind != "online":  # the place of a family's home is never written down
        fields["position"] = _position(town, began, rng)
    return DemoChange(at_ms, actor, RecordType.EDUCATION_VISIT, Kind.EDIT, record_id(at_ms, rng), fields)


def _position(town: Town, began: datetime, rng: Random) -> dict[str, Any]:
    """A place some hundred metres from the town's centre."""
    return {
        "lat": round(town.lat + rng.gauss(0, 0.006), 6),
        "lon": round(town.lon + rng.gauss(0, 0.006), 6),
        "accuracy_m": round(rng.uniform(4, 20), 1),
        "source": "gnss",
        "fix_time": began.isoformat(),
    }
