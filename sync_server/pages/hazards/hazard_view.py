"""Builds what the page of one hazard shows from its data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import lifecycle
from shared.china_time import day_of
from shared.hazards import dates
from shared.hazards.evidence import all_elsewhere_before
from shared.hazards.kit import state_wording
from shared.operations import Kind, RecordType
from shared.profiles.profile import kit_field
from shared.records.models import Hazard, HazardEvent
from shared.vocabulary import EventType, KitState, PhotoRole, RiskLevel, Status
from sync_server.access.masking import Mask
from sync_server.database.tables import HazardRow
from sync_server.pages.filter_dependency import minute
from sync_server.pages.hazards.hazard_sources import Sources
from sync_server.pages.hazards.near_copies import NearCopies
from sync_server.pages.hazards.photo_view import PhotoView
from sync_server.pages.values import position_line, value_words
from sync_server.queries import hazards
from sync_server.queries.hazard_details import Step
from sync_server.texts.languages import label
from sync_server.texts.signs import sign_texts
from sync_server.texts.words import Texts

_UNSAID = {"hazard", "event_type", "at", "actor_role", "event", "visit"}
STEPS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class View:
    """Turns sources into what the template needs, in one language and for one reader.

    `skipped`: the latest steps of the history that are not shown. `near`: those photos of finished work that
    look like one from before (`near_copies`).
    """

    words: Texts
    mask: Mask
    sources: Sources
    numbers: Mapping[str, str] = field(default_factory=dict)
    skipped: int = 0
    near: NearCopies = field(default_factory=dict)

    def file(self) -> dict[str, Any]:
        """Everything on the page but the decisions."""
        row, profile = self.sources.row, self.sources.profile
        hazard = self.mask.hazard(hazards.record(row, profile))
        assessed = profile.assess(hazard)
        position = hazard.position
        steps = self.sources.steps[::-1][self.skipped :]
        return {
            "id": row.id,
            "seq": self.sources.around.seq,
            "found_on": row.found_on or "",
            "name": row.water_name or profile.unnamed.of(self.words.code),
            "number": row.ledger_no or self.words.no_number,
            "status": self.sources.history.status,
            "concurrent_statuses": list(self.sources.history.concurrent_statuses),
            "relapse_due": self.sources.history.relapse_due,
            "merged_into": self._merged_into(),
            "deleted": row.deleted,
            "risk": RiskLevel(row.risk_level) if row.risk_level else None,
            "risk_incomplete": bool(assessed and not row.risk_level),
            "risk_missing": self.words.list_separator.join(
                map(self._name, assessed.missing if assessed else ())
            ),
            "facts": self._facts(row, hazard),
            "kit": self._kit(hazard),
            "photo_groups": self._photos.groups(),
            "photos_here": sum(map(self._photos.is_here, self.sources.photos)),
            "photos_all": len(self.sources.photos),
            "position": position_line(position, self.words) if position else None,
            "history": [step for step in map(self._step, steps[:STEPS_SHOWN]) if step],
            "earlier": self.skipped + STEPS_SHOWN if len(steps) > STEPS_SHOWN else None,
            "later": max(0, self.skipped - STEPS_SHOWN) if self.skipped else None,
            "suggested_unit": row.assignee_unit or getattr(hazard, "responsible_unit", None) or "",
        }

    def _merged_into(self) -> dict[str, str] | None:
        """The hazard into which this one is merged now, where the reader may see it."""
        if self.sources.history.status is not Status.MERGED:
            return None
        others = (step.fields.get("merged_into") for step in reversed(self.sources.steps))
        other = next(filter(None, others), "")
        return {"id": other, "number": self.numbers[other]} if other in self.numbers else None

    def since(self, base: int) -> list[dict[str, Any]]:
        """What happened after the log's place `base`, the latest first."""
        later = (step for step in reversed(self.sources.steps) if step.seq > base)
        return [step for step in map(self._step, later) if step]

    def evidence(self) -> dict[str, Any]:
        """What the person who accepts must know: which photos have arrived, what is doubtful or missing."""
        words, finished = self.words, self.sources.finished
        here = sum(map(self._photos.is_here, finished))
        facts = [words.evidence_photos.format(all=len(finished), here=here)]
        hazard = hazards.record(self.sources.row, self.sources.profile)
        wanting = [
            f"{item['name']} {label(item['state'], words)}"
            for item in self._kit(hazard)
            if item["state"] in (KitState.MISSING, KitState.DAMAGED)
        ]
        if wanting:
            facts.append(words.kit_wanting.format(items=words.list_separator.join(wanting)))
        return {
            "facts": facts,
            "doubts": self._photos.doubts(),
            "needs_reason": words.evidence_elsewhere if self.needs_reason() else "",
        }

    @property
    def _photos(self) -> PhotoView:
        return PhotoView(self.words, self.sources, self._author, self.near)

    def needs_reason(self) -> bool:
        """Whether accepting needs a reason, see `evidence.all_elsewhere_before`."""
        hashes = [kept.photo.sha256 for kept in self.sources.finished]
        earlier = {sha256 for sha256, one in self.sources.elsewhere.items() if one.earlier}
        return all_elsewhere_before(hashes, earlier)

    def _name(self, name: str) -> str:
        return self.sources.profile.label(name, self.words.code)

    def _fact(self, name: str, text: str) -> dict[str, str]:
        return {"name": self._name(name), "value": text}

    def _facts(self, row: HazardRow, hazard: Any) -> list[dict[str, str]]:
        profile = self.sources.profile
        apart = {"position", *map(kit_field, profile.kit)}  # they stand in parts of their own
        say = value_words(self.words)
        texts: dict[str, str] = {}
        for name in profile.hazard.model_fields:
            if name == "risk_override":
                texts["risk_level"] = ""  # here, where there is one
            texts[name] = say.read(name, getattr(hazard, name))
        texts["distinct_from"] = self._numbers_of(hazard.distinct_from or ())
        texts["due_date"] = row.due_date or ""
        if dates.deadline_refusal(row.due_date, row.found_on):
            texts["due_date"] += f" {self.words.day_doubtful}"
        texts["found_on"] = row.found_on or ""
        if texts["found_on"] > day_of(self.sources.steps[0].received_at):
            texts["found_on"] += f" {self.words.day_doubtful}"
        texts["assignee_unit"] = row.assignee_unit or ""
        if row.risk_level and row.risk_score is not None:
            level = label(RiskLevel(row.risk_level), self.words)
            texts["risk_level"] = self.words.risk_score.format(level=level, score=row.risk_score)
        return [self._fact(name, text) for name, text in texts.items() if text and name not in apart]

    def _kit(self, hazard: Any) -> list[dict[str, Any]]:
        checks = [(item, getattr(hazard, kit_field(item))) for item in self.sources.profile.kit]
        return [
            {
                "name": label(item, self.words),
                "state": check.state if check else None,
                "state_word": state_wording(kit_field(item), check.state).of(self.words.code)
                if check
                else "",
                "count": check.count if check else None,
            }
            for item, check in checks
        ]

    def _step(self, step: Step) -> dict[str, Any] | None:
        fields, status = dict(step.fields), None
        match step.type:
            case RecordType.HAZARD_EVENT:
                event = EventType(fields["event_type"])
                title, status = label(event, self.words), lifecycle.STATUS_AFTER.get(event)
                facts = self._said(fields, HazardEvent)
                if validity := self.sources.patrols.validity.get(step.record):
                    said = {"name": sign_texts(self.words.code).counts, "value": label(validity, self.words)}
                    facts.insert(0, said)
            case RecordType.PHOTO:
                added = step.kind == Kind.ATTACH
                title = self.words.photo_added if added else self.words.photo_removed
                role = next((role for role in PhotoRole if role.value == fields.get("role")), None)
                title += f" · {label(role, self.words)}" if role else ""
                facts = []
            case RecordType.HAZARD:
                first = step.seq == self.sources.steps[0].seq
                title = {
                    Kind.DELETE.value: self.words.deleted,
                    Kind.RESTORE.value: self.words.restored,
                }.get(step.kind, self.words.created if first else self.words.edited)
                status = Status.REPORTED if first else None
                kept = {name: fields[name] for name in fields.keys() & self._edited()} if first else fields
                facts = self._said(kept, Hazard)
            case _:
                title, facts = self.words.record_types.get(step.type, step.type), []
        at = fields.get("at") or step.made_at
        doubts = []
        if hours := dates.hours_ahead(step.made_at, step.received_at):
            doubts.append(self.words.clock_ahead.format(hours=hours))
        due_date = fields.get("due_date") if step.type == RecordType.HAZARD_EVENT else None
        if due_date and dates.is_doubtful(due_date, day_of(at)):
            doubts.append(self.words.day_doubtful)
        return {
            "title": title,
            "status": status,
            "author": self._author(step.author),
            "at": minute(at),
            "at_iso": at,
            "device": self._device(step.device),
            "facts": facts,
            "doubts": doubts,
        }

    def _edited(self) -> set[str]:
        """Fields that were written again after the first saving: what stood there first is shown with it."""
        later = (step for step in self.sources.steps[1:] if step.type == RecordType.HAZARD)
        return {name for step in later for name in step.fields}

    def _said(
        self, fields: Mapping[str, Any], model: type[Hazard] | type[HazardEvent]
    ) -> list[dict[str, str]]:
        facts = []
        for name, value in fields.items():
            if name in _UNSAID or (value in (None, "", []) and model is HazardEvent):
                continue
            if name in ("merged_into", "distinct_from") and value:
                text = self._numbers_of([value] if isinstance(value, str) else value)
            else:
                text = self._shown(name, value, model) or self.words.emptied
            facts.append(self._fact(name, text))
        return facts

    def _numbers_of(self, named: Iterable[str]) -> str:
        """The 编号 of other hazards; the id of one that the reader may not see."""
        return self.words.list_separator.join(self.numbers.get(other, other) for other in named)

    def _shown(self, name: str, value: Any, model: type[Hazard] | type[HazardEvent] = Hazard) -> str:
        return value_words(self.words).written(model, name, self.mask.value(name, value))

    def _author(self, person: str) -> str:
        return self.mask.name(self.sources.people.get(person, person[:8]))

    def _device(self, device: str) -> str:
        return self.mask.name(self.sources.devices.get(device, device)) or self.words.by_browser
