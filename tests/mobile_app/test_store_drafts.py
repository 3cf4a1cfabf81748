"""Drafts, those of the version before too."""

import json
from pathlib import Path
from typing import Any

from sqlmodel import Session

from mobile_app.screens.form.draft import restore, to_draft
from mobile_app.screens.form.form_state import FormState
from mobile_app.store.database.tables import Draft
from mobile_app.store.queries import drafts
from shared.profiles.drowning import DROWNING
from shared.vocabulary import EventType
from tests.mobile_app.enrolled_store import enrolled
from tests.support.headless_phone import played

STEP_OF_0_1: dict[str, Any] = {
    "at": "2026-11-23T10:00:00+08:00",
    "texts": {"people_seen": "2", "comment": "三人钓鱼", "dissuaded": ""},
    "kit": {"kit_sign": {"state": "damaged"}, "kit_ring": None},
    "result": "problem",
    "photos": [],
    "submit": True,
    "hazard": "h1",
    "step": "patrol",
    "fields": {"water_name": "黄沙河"},
}
HAZARD_OF_0_1: dict[str, Any] = {
    "at": "2026-11-23T10:00:00+08:00",
    "hazard": "h1",
    "suggested": True,
    "fields": {"water_name": "黄沙河", "town_code": "441900003"},
    "touched": ["water_name"],
    "photos": [],
}


async def kept(folder: Path, draft: dict[str, Any]) -> dict[str, Any]:
    database = await enrolled(folder)

    def put(session: Session) -> None:
        session.add(Draft(name="a", form=json.dumps(draft)))

    await database.write(put)
    found = database.read(drafts.kept)["a"]
    await database.close()
    return found


@played
async def test_a_step_that_0_1_kept_opens_with_everything_in_it(tmp_path: Path) -> None:
    draft = await kept(tmp_path, STEP_OF_0_1)
    assert (draft["title"], draft["step"], draft["hazard"]) == ("黄沙河", "patrol", "h1")
    form = DROWNING.step_forms[EventType.PATROL].with_kit(DROWNING.usual_kit)
    assert restore(FormState(form), draft).to_save() == {
        "result": "problem",
        "people_seen": 2,
        "comment": "三人钓鱼",
        "kit_sign": {"state": "damaged"},
    }


@played
async def test_a_hazard_that_0_1_kept_opens_with_everything_in_it(tmp_path: Path) -> None:
    draft = await kept(tmp_path, HAZARD_OF_0_1)
    state = restore(FormState(DROWNING.hazard_form, editing=True), draft)
    assert state.suggested == {"town_code"}
    assert state.to_save() == {"water_name": "黄沙河"}


def test_a_draft_comes_back_as_it_was_kept() -> None:
    state = FormState(
        DROWNING.hazard_form,
        {"water_name": "塘", "town_code": "441900003"},
        about={"hazard": "h1"},
        touched={"address"},
        suggested={"town_code"},
    )
    draft = json.loads(json.dumps(to_draft(state)))
    again = restore(FormState(DROWNING.hazard_form, about={"hazard": "h1"}), draft)
    assert again == state
