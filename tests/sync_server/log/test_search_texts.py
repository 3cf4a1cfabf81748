"""What is pushed is found by the next search, whatever was searched before."""

from sqlalchemy import select, update
from sqlmodel import Session

from shared.operations import Kind, RecordType
from sync_server.access.policy import HAZARD
from sync_server.commands import searching
from sync_server.database.tables import CampaignRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import refolding
from sync_server.log.projectors import search_texts
from tests.sync_server.deployment import Deployment


def texts(office: Deployment) -> dict[str, str]:
    """The search text of each hazard, by its name."""
    with reading(office.engine) as session:
        return {row.water_name: row.search for row in session.execute(select(HAZARD))}


def found(office: Deployment, text: str) -> set[str]:
    page = office.browser(office.inspector).get("/ledger", params={"q": text}).text
    return {name for name in texts(office) if f"<strong>{name}</strong>" in page}


def test_a_push_folds_no_texts_and_the_next_search_folds_those_that_changed(office: Deployment) -> None:
    first = office.report(water_name="甲塘")
    assert texts(office) == {"甲塘": ""}
    assert found(office, "甲塘") == {"甲塘"}
    office.report(water_name="乙河")
    office.save(RecordType.HAZARD, Kind.EDIT, {"water_name": "丙涌"}, record=first)
    assert texts(office) == {"丙涌": "", "乙河": ""}
    assert found(office, "甲塘") == set()
    assert (found(office, "丙涌"), found(office, "乙河")) == ({"丙涌"}, {"乙河"})


def test_all_are_folded_in_batches_also_two_that_one_operation_changed(office: Deployment) -> None:
    names = {f"{number}号塘" for number in range(1, 10)}
    for name in names:
        office.report(water_name=name)

    def pair(session: Session) -> None:
        """As if each photo had gone from one hazard to another."""
        session.execute(update(HAZARD).values(updated_seq=(HAZARD.c.updated_seq + 1) / 2 * 2))

    in_transaction(office.engine, pair)
    office.report(water_name="甲塘")
    batches = 1
    while in_transaction(office.engine, lambda session: search_texts.fold_some(session, office.campaign, 3)):
        batches += 1
    assert batches > 3
    assert all(text for text in texts(office).values())
    assert {name for name in names if found(office, name) == {name}} == names


def test_folding_all_rows_again_folds_the_texts_too(office: Deployment) -> None:
    office.report(water_name="甲塘")
    searching.make_searchable(office.engine, office.campaign)
    right = texts(office)
    assert "甲塘" in right["甲塘"]

    def old(session: Session) -> None:
        session.execute(update(HAZARD).values(search="甲"))
        session.execute(update(CampaignRow).values(folded=0))

    in_transaction(office.engine, old)
    refolding.refold(office.engine)
    assert texts(office) == right
