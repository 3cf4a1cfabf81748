"""The sign of a water, to be printed: its name, its danger, whom to call, and the code that patrols scan."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from shared import problems
from shared.hazards import sign_code
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, LanesDep, SettingsDep, SignedIn, campaign_of
from sync_server.exports import sign_pdf
from sync_server.exports.sign_pdf import Sign, Size
from sync_server.pages.export_answer import export
from sync_server.pages.rendering import origin, words_for
from sync_server.queries import hazards
from sync_server.texts import signs

router = APIRouter(prefix="/hazards")


@router.get("/{hazard}/sign.pdf")
async def sign_file(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    lanes: LanesDep,
    hazard: str,
    size: Size = "A4",
) -> Response:
    """The sign of a hazard that the person may see. Problems: hazard_unknown, not_found without signs."""
    address, language = origin(request, settings), words_for(request).code

    def prepare() -> tuple[str, Sign]:
        with reading(engine) as session:
            sign = _sign(session, request, access, hazard, address)
        return signs.sign_texts(language).file.format(name=f"{sign.name} {size}"), sign

    def write(path: Path, sign: Sign) -> None:
        sign_pdf.write(path, sign, size)

    return await export(lanes, access.person.id, prepare, write, "sign.pdf", sign_pdf.MEDIA_TYPE)


def _sign(session: Session, request: Request, access: Access, hazard: str, address: str) -> Sign:
    """What stands on it is for everybody to read: no names or numbers of persons, whoever prints it."""
    register = campaign_of(session, request)
    profile = campaigns.profile_of(register)
    row = hazards.get(session, access, register.id, hazard)
    if profile.sign is None or row.deleted:
        raise problems.not_found()
    record, code = hazards.record(row, profile), sign_code.code_of(row.id)
    unit = getattr(record, "responsible_unit", None) or ""
    return Sign(
        title=profile.sign.title,
        name=profile.title(record) or profile.unnamed.zh,
        number=f"{signs.NUMBER.zh} {signs.NUMBER.en} {row.ledger_no}" if row.ledger_no else "",
        dangers=profile.sign.dangers(record),
        ban=profile.sign.ban,
        rescue=profile.sign.rescue,
        unit=f"{signs.UNIT.zh} {signs.UNIT.en}: {unit}" if unit else "",
        lines=signs.LINES,
        caption=signs.FOR_PATROLS,
        code=sign_code.in_groups(code),
        link=f"{address}/app/?water={code}",
    )
