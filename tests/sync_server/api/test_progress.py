"""The numbers toward the target, as phones are told them: of what their person may see."""

from shared.counting import Definition
from shared.sync.progress import ProgressAnswer, TownProgress
from shared.vocabulary import Role
from sync_server.database import campaigns
from sync_server.database.timestamps import this_year
from sync_server.database.transactions import in_transaction
from tests.support.home_visits import teacher
from tests.support.server import Server, TestPhone

A, B = "441900003", "441900101"


def told(phone: TestPhone) -> ProgressAnswer:
    answer = phone.client.get(f"/api/v1/campaigns/{phone.campaign}/progress", headers=phone.headers)
    assert answer.status_code == 200, answer.text
    return ProgressAnswer.model_validate(answer.json())


def sums(town: str | None, target: int, net: int, relapsed: int = 0) -> TownProgress:
    return TownProgress(town_code=town, target=target, counted=net + relapsed, relapsed=relapsed, net=net)


def close(phone: TestPhone, reviewer: TestPhone, town: str, seed: str) -> str:
    hazard = phone.op({"water_name": "石井塘", "town_code": town})
    phone.push(hazard)
    record = str(hazard["record"])
    phone.push(
        phone.event(record, "rectify"), phone.photo(record, "after", seed * 64), phone.event(record, "submit")
    )
    reviewer.seen = reviewer.pull()["next"]
    results = reviewer.push(reviewer.event(record, "accept"), reviewer.event(record, "close"))
    assert {one["status"] for one in results} == {"stored"}
    return record


def test_a_phone_is_told_the_numbers_of_what_its_person_may_see(server: Server, phone: TestPhone) -> None:
    year = this_year()
    reviewer = server.phone(person=server.person("审核", Role.REVIEWER).id)
    close(phone, reviewer, A, "a")
    for seed in "bc":
        again = close(phone, reviewer, B, seed)
    reviewer.seen = reviewer.pull()["next"]
    assert reviewer.push(reviewer.event(again, "relapse", comment="护栏倒了"))[0]["status"] == "stored"
    in_transaction(server.engine, lambda s: campaigns.set_target(s, server.campaign, year, 61, A))
    in_transaction(server.engine, lambda s: campaigns.set_target(s, server.campaign, year, 900))
    warden = server.person("村管", Role.INSPECTOR)
    server.grant(warden.id, Role.INSPECTOR, [A, B])
    here, city = told(server.phone(person=warden.id)), told(phone)
    assert (city.year, city.definition) == (year, Definition.CLOSED_ONLY)
    assert city.towns == [sums(None, 900, 2, 1)]
    assert here.towns == [sums(A, 61, 1), sums(B, 0, 1, 1)]


def test_who_sees_no_hazards_is_told_no_numbers(server: Server, phone: TestPhone) -> None:
    phone.push(phone.op())
    assert told(teacher(server).phone).towns == []


def test_the_numbers_of_another_campaign_are_not_told(phone: TestPhone) -> None:
    answer = phone.client.get("/api/v1/campaigns/another/progress", headers=phone.headers)
    assert answer.json()["code"] == "campaign_foreign"
