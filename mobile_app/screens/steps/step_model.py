"""What is being written about a step, and what each step asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mobile_app.screens.form.draft import kept_photo, photo_again
from shared.vocabulary import EventType, PhotoRole

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


@dataclass(frozen=True, slots=True)
class StepKind:
    """What a step asks: `main` is its text, `needed` whether that must be there; `photos`: what they show."""

    main: str
    photos: PhotoRole
    needed: bool = True
    results: bool = False
    counts: bool = False
    kit: bool = False


_KINDS = {
    EventType.RECTIFY: StepKind("measures_done", PhotoRole.AFTER, kit=True),
    EventType.PATROL: StepKind("comment", PhotoRole.SITE, needed=False, results=True, counts=True, kit=True),
    EventType.RECHECK: StepKind("comment", PhotoRole.SITE, needed=False, results=True, kit=True),
    EventType.RELAPSE: StepKind("comment", PhotoRole.SITE),
    EventType.NOTE: StepKind("comment", PhotoRole.SITE),
}


def kind_of(step: EventType) -> StepKind:
    """What `step` asks for."""
    return _KINDS[step]


@dataclass(frozen=True)
class StepForm:
    """A step in the making: `texts` and `kit` by field. `submit`: hand it in for acceptance as well."""

    texts: Mapping[str, str] = field(default_factory=dict)
    kit: Mapping[str, Any] = field(default_factory=dict)
    result: str | None = None
    photos: "tuple[PreparedPhoto, ...]" = ()
    submit: bool = True

    def with_news(self, **news: Any) -> "StepForm":
        """The form with these changes: its own attributes, kit checks, and everything else as text."""
        own = {name: news.pop(name) for name in ("result", "photos", "submit") if name in news}
        kit = {**self.kit, **{name: news.pop(name) for name in list(news) if name.startswith("kit_")}}
        return replace(self, **own, kit=kit, texts={**self.texts, **news})

    def missing(self, kind: StepKind, after_photos: int) -> list[str]:
        """What must still be filled in or put right; `after_photos` are there already."""
        wrong = []
        if kind.results and not self.result:
            wrong.append("result")
        for name in ("people_seen", "dissuaded"):
            typed = self.texts.get(name, "").strip()
            if typed and not (typed.isascii() and typed.isdigit() and int(typed) <= 1_000_000):
                wrong.append(name)
        if kind.needed and not self.texts.get(kind.main, "").strip():
            wrong.append(kind.main)
        if kind.photos is PhotoRole.AFTER and self.submit and not self.photos and not after_photos:
            wrong.append("photos")
        return wrong

    def to_save(self, kind: StepKind) -> dict[str, Any]:
        """The fields of the event."""
        said: dict[str, Any] = {name: check for name, check in self.kit.items() if check}
        for name, typed in self.texts.items():
            if typed.strip():
                said[name] = int(typed) if name in ("people_seen", "dissuaded") else typed.strip()
        if kind.results and self.result:
            said["result"] = self.result
        return said

    def to_draft(self) -> dict[str, Any]:
        """The form as it is kept, JSON-ready."""
        return {
            "texts": dict(self.texts),
            "kit": dict(self.kit),
            "result": self.result,
            "photos": [kept_photo(photo) for photo in self.photos],
            "submit": self.submit,
        }

    @classmethod
    def from_draft(cls, kept: Mapping[str, Any]) -> "StepForm":
        """The form that `to_draft` kept."""
        return cls(
            texts=kept["texts"],
            kit=kept["kit"],
            result=kept["result"],
            photos=tuple(photo_again(photo) for photo in kept["photos"]),
            submit=kept["submit"],
        )
