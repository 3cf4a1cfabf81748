"""A home visit in the making: the schools and classes to choose from, and when consent was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mobile_app.screens.form.form_state import FormState
from shared.forms import filling
from shared.forms.form import Condition, Control, Form, FormField
from shared.home_visits.form import FORM
from shared.home_visits.wire import VisitPlace


@dataclass
class HomeVisitState(FormState):
    """`places`: school → its classes, none where the person may record visits in all of them."""

    places: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def write(self, name: str, value: Any) -> None:
        super().write(name, value)
        if name == "school":
            self.offer_classes()
        if name == "consent_how":
            self.about["consent_at"] = datetime.now().astimezone().isoformat(timespec="seconds")

    def to_save(self) -> dict[str, Any]:
        """The fields of `HomeVisit` that a person fills in, with the time of consent."""
        saved = {name: _plain(value) for name, value in super().to_save().items()}
        if saved.get("consent_how"):
            saved["consent_at"] = self.about.get("consent_at")
        return saved

    def offer_classes(self) -> None:
        """Offer the classes of the chosen school."""
        classes = self.places.get(self.fields.get("school") or "", ())
        self.choices["class_name"] = [(name, name) for name in classes]
        if classes and self.fields.get("class_name") not in classes:
            self.fields.pop("class_name", None)
        if len(classes) == 1:
            self.fields["class_name"] = classes[0]


def start(
    places: Sequence[VisitPlace],
    hazards: Sequence[tuple[str, str]],
    carried: Mapping[str, Any],
    today: str,
) -> HomeVisitState:
    """An empty home visit; `hazards`: the (id, title) of those it can be linked to, `carried`: what was last
    saved, `today`: an ISO day."""
    classes = {place.school: place.classes for place in places}
    form = _form(classes, bool(hazards))
    state = HomeVisitState(form, filling.initial(form, carried), places=classes)
    state.choices["school"] = [(place.school, place.name or place.school) for place in places]
    state.choices["hazard"] = list(hazards)
    state.fields["visit_date"] = today
    if state.fields.get("school") not in classes:
        state.fields.pop("school", None)
    if len(classes) == 1:
        state.fields["school"] = next(iter(classes))
    state.offer_classes()
    return state


def carried_over(state: HomeVisitState) -> dict[str, Any]:
    """What the next form starts with, which says nothing about a child."""
    names = {one.name for one in state.form.fields() if one.carried_over}
    return {name: value for name, value in state.fields.items() if name in names}


def _form(classes: Mapping[str, Sequence[str]], hazards: bool) -> Form:
    """The form, with classes to choose from where they are known."""
    chosen = tuple(school for school, known in classes.items() if known)
    written = tuple(school for school, known in classes.items() if not known)

    def fitted(one: FormField) -> list[FormField]:
        if one.name == "class_name":
            choice = replace(one, control=Control.CHOICE, shown_when=Condition("school", chosen))
            return [choice, replace(one, shown_when=Condition("school", written))]
        if one.name == "hazard":
            return [replace(one, control=Control.CHOICE)] if hazards else []
        return [one]

    return Form(
        tuple(
            replace(part, fields=tuple(found for one in part.fields for found in fitted(one)))
            for part in FORM.sections
        )
    )


def _plain(value: Any) -> Any:
    """Text without what pasting brings along and no envelope takes."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(
        "".join(sign for sign in line if sign.isprintable() or sign == "\u3000") for line in lines
    )
