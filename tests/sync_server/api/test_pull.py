"""Pull: the whole log, in order, page by page, exactly as it was stored."""

import gzip

import pytest
from sqlmodel import Session

from shared.operations import Operation, canonical
from shared.permissions import School
from shared.sync import wire
from shared.vocabulary import Role
from sync_server.access import people, schools
from sync_server.database.transactions import in_transaction
from sync_server.log import pages
from tests.support.home_visits import teacher
from tests.support.server import Server, TestPhone


def test_pages_join_without_gap_or_repetition(server: Server, phone: TestPhone) -> None:
    phone.push(*(phone.op() for _ in range(7)))
    other = server.phone()
    other.push(*(other.op() for _ in range(5)))
    seen, since, pages = [], 0, 0
    while True:
        page = phone.pull(since, 5)
        seen += [op["seq"] for op in page["ops"]]
        since, pages = page["next"], pages + 1
        if not page["more"]:
            break
    assert seen == list(range(1, 13))
    assert pages == 3
    assert phone.pull(since)["ops"] == []
    assert phone.pull(since)["next"] == 12


def test_an_exactly_full_page_is_the_last(phone: TestPhone) -> None:
    phone.push(phone.op(), phone.op())
    assert phone.pull(0, 2)["more"] is False


def test_what_comes_back_is_the_operation_itself(phone: TestPhone) -> None:
    sent = phone.op({"water_name": '引号"和\\反斜杠😀', "area_m2": 1e-7, "depth_m": 0.1, "remark": None})
    phone.push(sent)
    answer = wire.PullAnswer.model_validate(phone.pull())
    [pulled] = answer.ops
    assert canonical(pulled.operation) == canonical(Operation.model_validate(sent))
    assert pulled.stamp.ledger_no == "DG-441900000-2026-00001"


def test_a_page_is_packed_only_where_gzip_is_taken(phone: TestPhone) -> None:
    phone.push(*(phone.op() for _ in range(20)))
    path = f"/api/v1/campaigns/{phone.campaign}/pull"
    for offered, packed in (("gzip", True), ("identity", False), ("br", False), ("gzip;q=0", False)):
        headers = {**phone.headers, "Accept-Encoding": offered}
        with phone.client.stream("GET", path, headers=headers) as answer:
            raw = b"".join(answer.iter_raw())
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        assert answer.headers["anlan-api"] == "v1"
        assert (gzip.decompress(raw) if packed else raw).startswith(b'{"ops":[{"seq":1,')


def test_limits_are_checked(phone: TestPhone) -> None:
    path = f"/api/v1/campaigns/{phone.campaign}/pull"
    for query in ("since=-1", "since=x", "limit=0", "limit=501", "since=99999999999999999999"):
        answer = phone.client.get(f"{path}?{query}", headers=phone.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_page_of_long_operations_has_fewer_of_them(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = server.phone()
    phone.push(*[phone.op() for _ in range(5)])
    monkeypatch.setattr(pages, "MAX_CHARACTERS", 1000)
    seqs, since, more = [], 0, True
    while more:
        page = phone.pull(since)
        assert 1 <= len(page["ops"]) < 5
        seqs += [op["seq"] for op in page["ops"]]
        since, more = page["next"], page["more"]
    assert seqs == [1, 2, 3, 4, 5]


def test_a_pull_names_the_present_roles_of_the_person(server: Server) -> None:
    person = server.person("李老师")
    phone = server.phone(person=person.id)
    assert phone.pull()["roles"] == [{"role": "inspector"}]
    server.grant(person.id, Role.INSPECTOR, ["441900101", "441900003"])
    assert phone.pull()["roles"] == [{"role": "inspector", "towns": ["441900003", "441900101"]}]
    in_transaction(server.engine, lambda s: people.set_unit(s, person.id, " 水务  中心 ", person.id))
    assert [role["unit"] for role in phone.pull()["roles"]] == ["水务 中心"]


def test_a_pull_names_a_school_as_it_is_called_now(server: Server) -> None:
    phone = teacher(server, "陈老师", School("东城小学", frozenset({"三(2)班"})))

    def rename(session: Session) -> None:
        schools.named(session, "东城小学", None)
        schools.change(session, "东城小学", "东城一小", None, phone.person.id)
        schools.rename_class(session, "东城小学", "三(2)班", "四(2)班", phone.person.id)

    in_transaction(server.engine, rename)
    told = {"role": "teacher", "school": "东城小学", "school_name": "东城一小", "classes": ["四(2)班"]}
    assert phone.phone.pull()["roles"] == [told]
    [place] = phone.ask_keys()["places"]
    assert place == {"school": "东城小学", "name": "东城一小", "classes": ["四(2)班"]}
