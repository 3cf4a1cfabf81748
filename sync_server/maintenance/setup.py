"""Sets up a deployment: database, campaign, administrator, people and phones."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from shared import problems
from shared.permissions import Action
from shared.problems import Problem
from shared.towns import BY_CODE
from shared.vocabulary import Role
from sync_server.access import audit, devices, grants, links, people
from sync_server.access.sign_in import second_factor
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.database import campaigns, schema
from sync_server.database.tables import (
    CampaignRow,
    EnrolmentCodeRow,
    PersonRow,
    SignInLinkRow,
    SignInStepRow,
    WebSessionRow,
)
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction, open_engine
from sync_server.log import refolding
from sync_server.settings import Settings
from sync_server.vault import erasure
from sync_server.vault import keys as vault_keys


@dataclass(frozen=True, slots=True)
class Start:
    """What to print when the server starts; links are None once an administrator has a password.

    `keys_made`: the key file of home visits was. `keys_trouble`: why it cannot be used, `details.why` of
    keys_unavailable. `second_factor_trouble`: the same of the key of two-step verification.
    """

    campaign: str
    password_link: str | None
    phone_code: str | None
    keys_made: bool = False
    keys_trouble: str = ""
    second_factor_trouble: str = ""


def open_database(settings: Settings) -> Engine:
    """Open the deployment's database; create it if needed and migrate it to the current schema.

    Raises Problem folder_unusable, setting_invalid, database_unavailable.
    """
    make_data_folder(settings)
    engine = open_engine(settings.database_url)
    schema.migrate(engine)
    refolding.refold(engine)
    return engine


def open_existing(settings: Settings) -> Engine:
    """Like `open_database`, but creates nothing. Raises Problem data_missing where there is none."""
    if not settings.data.is_dir():
        raise problems.data_missing(path=str(settings.data))
    engine = open_engine(settings.database_url)
    is_file = engine.dialect.name == "sqlite"
    if (is_file and not Path(engine.url.database or "").is_file()) or schema.present(engine) is None:
        raise problems.data_missing(path=str(settings.data))
    schema.migrate(engine)
    refolding.refold(engine)
    return engine


def make_data_folder(settings: Settings) -> None:
    """Create the data folder. Raises Problem folder_unusable where nothing can be written into it."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        usable = os.access(settings.data, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise problems.folder_unusable(path=str(settings.data))


def start(
    engine: Engine, administrator: str, keys: Path | None = None, box: SecretBox | None = None
) -> Start:
    """Create the deployment's register, an administrator with that name and the key file, where missing."""

    def work(session: Session) -> Start:
        campaign = campaigns.ensure(session).id
        link = _password_link(session, administrator)
        code = devices.make_code(session, campaign) if link else None
        made, trouble = _keys(session, campaign, keys) if keys else (False, "")
        return Start(campaign, link, code, made, trouble, _second_factors(session, box) if box else "")

    return in_transaction(engine, work)


def _second_factors(session: Session, box: SecretBox) -> str:
    try:
        second_factor.encrypt_all(session, box)
    except Problem as problem:
        return str(problem.details["why"])
    return second_factor.trouble(session, box)


def _keys(session: Session, campaign: str, path: Path) -> tuple[bool, str]:
    try:
        made = vault_keys.ensure(session, campaign, path)
    except Problem as problem:
        return False, str(problem.details["why"])
    vault_keys.restore(session, campaign, path)
    erasure.erase_again(session, campaign, path)
    erasure.erase_forgotten(session, campaign)
    return made, vault_keys.trouble(session, campaign, path)


def phone_code(engine: Engine, person: str | None) -> str:
    """A new enrolment code for the named person or for a new inspector. Raises Problem not_found."""

    def work(session: Session) -> str:
        campaign = campaigns.ensure(session).id
        known = people.by_name(session, person) if person is not None else None
        if person is not None and known is None:
            raise problems.not_found(name=person)
        owner = known.id if known else None
        audit.note(session, "phone_code", subject=owner or "")
        return devices.make_code(session, campaign, owner)

    return in_transaction(engine, work)


def set_target(engine: Engine, year: int, hazards: int, town: str = "") -> None:
    """Set the target of a year, in hazards (处), for the city or for the town with that code.

    Raises Problem invalid if the year, the number or the town is not valid.
    """
    wrong = [
        name
        for name, right in (
            ("year", 2000 <= year <= 2100),
            ("target", 0 < hazards <= 1_000_000),
            ("town_code", not town or town in BY_CODE),
        )
        if not right
    ]
    if wrong:
        raise problems.invalid(errors=[{"path": name, "reason": "unknown_value"} for name in wrong])

    def work(session: Session) -> None:
        campaign = campaigns.ensure(session).id
        campaigns.set_target(session, campaign, year, hazards, town)
        audit.note(session, "target_set", subject=town or campaign, year=year, hazards=hazards)

    in_transaction(engine, work)


def targets(engine: Engine) -> list[tuple[int, str, int]]:
    """All targets: year, town code ("" for the city), hazards (处)."""

    def work(session: Session) -> list[tuple[int, str, int]]:
        rows = campaigns.targets(session, campaigns.ensure(session).id)
        return [(row.year, row.town_code, row.hazards) for row in rows]

    return in_transaction(engine, work)


def restored(engine: Engine) -> None:
    """Record that the database was restored from a backup: every campaign's log gets a new epoch.

    Phones then send again what they saved after the backup was taken. What works once, and what somebody may
    have ended since, works no more: codes, links and open sessions.
    """

    def work(session: Session) -> None:
        unused_codes = col(EnrolmentCodeRow.used_at).is_(None)
        unused_links = col(SignInLinkRow.used_at).is_(None)
        session.execute(update(EnrolmentCodeRow).where(unused_codes).values(used_at=now_text()))
        session.execute(update(SignInLinkRow).where(unused_links).values(used_at=now_text()))
        session.execute(delete(WebSessionRow))
        session.execute(delete(SignInStepRow))
        for end in _renew_epochs(session):
            audit.note(session, "log_put_back", end=end.seq)

    in_transaction(engine, work)


def let_phones_send_again(engine: Engine) -> None:
    """Give every campaign's log a new epoch, so that phones send again what they still have."""

    def work(session: Session) -> None:
        for end in _renew_epochs(session):
            audit.note(session, "resend_asked", end=end.seq)

    in_transaction(engine, work)


def _renew_epochs(session: Session) -> list[campaigns.End]:
    ends = []
    for row in session.exec(select(CampaignRow)).all():
        ends.append(campaigns.locked_end(session, row.id))
        campaigns.renew_epoch(session, row)
    return ends


def _password_link(session: Session, administrator: str) -> str | None:
    managers = grants.with_action(session, Action.MANAGE_PEOPLE)
    rows = (session.get_one(PersonRow, person) for person in managers)
    administrators = [row for row in rows if row.active]
    if any(row.password_hash for row in administrators):
        return None
    if administrators:
        return links.make(session, administrators[0].id)
    return links.make(session, people.add(session, administrator, Role.ADMINISTRATOR).id)
