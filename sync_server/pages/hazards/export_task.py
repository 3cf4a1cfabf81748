"""One export: who asked for what, and its hazards, read in batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from shared.hazards.history import HazardHistory
from shared.profiles.profile import Profile
from shared.towns import town_name
from shared.vocabulary import RiskLevel
from sync_server.access import audit
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, Exporter, SettingsDep, YearDep
from sync_server.exports.ledger_line import Heading, LedgerLine
from sync_server.exports.table import PhotoState, Picture
from sync_server.pages.filter_dependency import Asked
from sync_server.pages.rendering import origin
from sync_server.queries import hazard_details, hazards, people_lists, photo_files
from sync_server.queries.filters import NOWHERE, Filter
from sync_server.queries.hazards import Order

Thumb = Callable[[str], bytes | None]
"""SHA-256 of a photo → its small copy (JPEG), None if it cannot be made."""


@dataclass(frozen=True, slots=True)
class Task:
    """A person's export of a campaign (None: the deployment's own), titled with a year.

    `origin` is the base of photo links.
    """

    engine: Engine
    access: Access
    asked: Filter
    order: Order
    origin: str
    year: int
    campaign: str | None = None

    def note(self, name: str) -> Heading:
        """Record the export in the audit log; returns what stands above the table."""

        def work(session: Session) -> Heading:
            campaign = campaigns.requested(session, self.campaign)
            audit.note(
                session,
                "export",
                person=self.access.person.id,
                subject=name,
                query=self.asked.query(),
                hazards=hazards.count(session, self.access, campaign.id, self.asked, today()),
                masked=mask_for(self.access).on,
            )
            town = town_name(self.asked.town) if self.asked.town not in (None, NOWHERE) else ""
            profile = campaigns.profile_of(campaign)
            by = self.access.person.name
            return Heading(profile, campaign.name, self.year, town, by, today())

        return in_transaction(self.engine, work)

    def entries(self, thumb: Thumb | None = None) -> Iterator[LedgerLine]:
        """Every hazard of the filter, in order, from one consistent snapshot; one batch in memory."""
        with reading(self.engine) as session:
            register = campaigns.requested(session, self.campaign)
            campaign, profile = register.id, campaigns.profile_of(register)
            names = people_lists.people_names(session)
            for rows in hazards.each(session, self.access, campaign, self.asked, today(), self.order):
                lives = hazard_details.lives(session, self.access, campaign, [row.id for row in rows])
                photos = [(row.id, sha256) for row in rows for sha256 in (row.before_photo, row.after_photo)]
                here = photo_files.here(session, campaign, photos)
                for row in rows:
                    yield self._entry(row, profile, lives[row.id], here, names, thumb)

    def _entry(
        self,
        row: HazardRow,
        profile: Profile,
        history: HazardHistory,
        here: frozenset[tuple[str, str]],
        names: dict[str, str],
        thumb: Thumb | None,
    ) -> LedgerLine:
        mask = mask_for(self.access, row)
        hazard = mask.hazard(hazards.record(row, profile))
        if row.found_on:
            hazard = hazard.model_copy(update={"found_on": date.fromisoformat(row.found_on)})
        return LedgerLine(
            id=row.id,
            number=row.ledger_no or "",
            hazard=hazard,
            history=history,
            risk=RiskLevel(row.risk_level) if row.risk_level else None,
            inspector=mask.name(names.get(row.inspector)),
            acceptor=mask.name(names.get(history.acceptor or "")),
            unrated=hazards.is_unrated(row, profile),
            before=self._picture((row.id, row.before_photo), here, thumb),
            after=self._picture((row.id, row.after_photo), here, thumb),
        )

    def _picture(
        self, photo: tuple[str, str | None], here: frozenset[tuple[str, str]], thumb: Thumb | None
    ) -> Picture:
        _, sha256 = photo
        if sha256 is None:
            return Picture()
        if photo not in here:
            return Picture(PhotoState.AWAITED)
        link = f"{self.origin}/api/v1/photos/{sha256}/original"
        return Picture(PhotoState.HERE, link, thumb(sha256) if thumb else None)


def _task(
    request: Request,
    access: Exporter,
    engine: EngineDep,
    settings: SettingsDep,
    asked: Asked,
    year: YearDep,
    sort: str | None = None,
    dir: str | None = None,
) -> Task:
    order, campaign = hazards.parse_order(sort, dir), request.query_params.get("campaign")
    return Task(engine, access, asked, order, origin(request, settings), year, campaign)


TaskDep = Annotated[Task, Depends(_task)]
