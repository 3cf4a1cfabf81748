"""A phone that saves hazards and prints a line for each, to be traced.

Run as `python -m tests.faults.saving_phone FOLDER COUNT`.
"""

import asyncio
import os
import sys
from pathlib import Path

from mobile_app.device.photos import PickedPhoto
from mobile_app.services import open_services
from shared.vocabulary import PhotoRole, PhotoSource, WaterType
from tests.mobile_app.enrolled_store import enrolled
from tests.support import drawn

SAVED = "saved a hazard and its photo"


async def main(folder: Path, count: int) -> None:
    database = await enrolled(folder)
    await database.close()
    phone = await open_services(folder)
    for number in range(count):
        picked = PickedPhoto(drawn.photo(320, 240, seed=number), "pond.jpg", PhotoSource.CAMERA)
        photo = await phone.prepare_photo(picked)
        fields = {
            "water_name": f"第{number}处",
            "water_type": WaterType.HILL_POND,
            "town_code": "441900003",
            "position": {"lat": 23.03, "lon": 113.78, "accuracy_m": 6.0},
        }
        await phone.save_hazard(fields, [(photo, PhotoRole.BEFORE)])
        os.write(sys.stdout.fileno(), f"{SAVED}\n".encode())
    await phone.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
