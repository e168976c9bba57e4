"""Accounts, invitations, teams: through the pages, as people meet them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from app.domain.events import SessionMode, Wishes
from app.interview.host import Host
from app.interview.opening import open_interview
from app.store.people import Role
from tests.cli.material import CHINESE, grade
from tests.web.browsing import Browser, House

PASSWORD = "correct horse battery"
_INVITATION = re.compile(r'value="http://[^"]+(/join/[\w-]+)"')


class School(NamedTuple):
    """A server with a teacher who leads a class, and the path of an invitation to it."""

    house: House
    teacher: Browser
    team: str
    invitation: str


@asynccontextmanager
async def newcomer(school: School, name: str, shares: str = "") -> AsyncIterator[Browser]:
    """Somebody who accepts the invitation in a browser of their own."""
    async with school.house.browser() as browser:
        fields = {"name": name, "password": PASSWORD, "shares": shares}
        reply = await browser.fill_in(school.invitation, fields, page=school.invitation)
        assert (reply.status_code, reply.headers["location"]) == (303, "/teams")
        yield browser


async def answered(
    house: House, owner: str, text: str, *, mode: SessionMode = SessionMode.PRACTICE
) -> Host:
    """An interview in which one answer was given and graded."""
    repository = house.holdings.store.of(owner)
    host = await open_interview(repository, CHINESE, Wishes(count=1), language="zh", mode=mode)
    await host.send(text, key="a")

    class Plain:
        async def assess(self, question, answer, on_verdict=None):
            return grade(question, answer)

    await host.grade(Plain(), host.turn.attempt.main)
    return host


@pytest.fixture
async def school(house: House) -> AsyncIterator[School]:
    async with house.browser() as teacher:
        await teacher.get(house.link())
        fields = {"name": "李老师", "password": PASSWORD}
        reply = await teacher.fill_in("/account", fields, page="/settings")
        assert reply.headers["location"] == "/settings?done=account"
        reply = await teacher.fill_in("/teams", {"name": "一班"}, page="/teams")
        team = reply.headers["location"]
        reply = await teacher.fill_in(f"{team}/invitations", {"places": "2"}, page=team)
        (invitation,) = _INVITATION.findall(reply.text)
        yield School(house, teacher, team, invitation)


async def test_whoever_runs_the_server_gets_an_account_over_the_terminals_interviews(
    school: School,
) -> None:
    house = school.house
    session = (await answered(house, "local", "定期备份")).session
    async with house.browser() as elsewhere:
        fields = {"name": "李老师", "password": PASSWORD, "then": "/settings"}
        reply = await elsewhere.fill_in("/sign-in", fields, page="/sign-in")
        assert (reply.status_code, reply.headers["location"]) == (303, "/settings")
        assert await house.owner_of(elsewhere) == "local"
        assert session.id in (await elsewhere.get("/")).text
        await elsewhere.fill_in("/sign-out", page="/settings")
        assert session.id not in (await elsewhere.get("/")).text


async def test_nobody_else_makes_an_account_without_an_invitation(house: House) -> None:
    async with house.browser() as browser:
        reply = await browser.fill_in("/account", {"name": "x", "password": PASSWORD})
        assert reply.status_code == 403
        assert not await house.holdings.store.people.any_accounts()
        assert (await browser.get("/teams")).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("李老师", "wrong horse battery", id="password"),
        pytest.param("somebody", PASSWORD, id="name"),
        pytest.param("' OR 1=1 --", PASSWORD, id="nonsense"),
    ],
)
async def test_a_wrong_name_or_password_says_the_same(
    school: School, name: str, password: str
) -> None:
    async with school.house.browser() as browser:
        fields = {"name": name, "password": password}
        reply = await browser.fill_in("/sign-in", fields, page="/sign-in")
        assert reply.status_code == 403
        assert "do not belong together" in reply.text
        assert password not in reply.text


async def test_guessing_a_password_is_slowed_down_from_many_addresses(school: School) -> None:
    codes = []
    for number in range(12):
        async with school.house.browser(address=f"10.0.0.{number}") as browser:
            fields = {"name": "李老师", "password": f"guess number {number}"}
            reply = await browser.fill_in("/sign-in", fields, page="/sign-in")
            codes.append(reply.status_code)
    assert codes == [403] * 10 + [429] * 2


async def test_a_browser_keeps_its_interviews_when_it_joins(school: School) -> None:
    async with school.house.browser() as browser:
        await browser.get("/")
        owner = await school.house.owner_of(browser)
        session = (await answered(school.house, owner, "定期备份")).session
        fields = {"name": "小王", "password": PASSWORD}
        await browser.fill_in(school.invitation, fields, page=school.invitation)
        assert await school.house.owner_of(browser) == owner
        assert session.id in (await browser.get("/")).text


async def test_an_invitation_is_shown_once_and_kept_as_a_digest(school: School) -> None:
    word = school.invitation.rpartition("/")[2]
    assert word not in (await school.teacher.get(school.team)).text
    database = school.house.holdings.settings.home / "mockint.db"
    files = database.parent.glob("mockint.db*")
    assert word.encode() not in b"".join(file.read_bytes() for file in files)


async def test_a_used_up_or_withdrawn_invitation_opens_nothing(school: School) -> None:
    for name in ("小王", "小张"):
        async with newcomer(school, name):
            pass
    async with school.house.browser() as late:
        assert (await late.get(school.invitation)).status_code == 404
    reply = await school.teacher.fill_in(f"{school.team}/invitations", page=school.team)
    (again,) = _INVITATION.findall(reply.text)
    await school.teacher.fill_in(f"{school.team}/withdraw", page=school.team)
    async with school.house.browser() as late:
        assert (await late.get(again)).status_code == 404
        assert (await late.get("/join/guess")).status_code == 404


async def seen_by(teacher: Browser, team: str) -> dict[str, str]:
    """The row of each member, by name."""
    text = (await teacher.get(team)).text
    assert "绝密内容" not in text
    return dict(re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', text, re.DOTALL))


async def test_a_leader_sees_figures_only_of_those_who_agreed(school: School) -> None:
    house, teacher, team, _ = school
    async with newcomer(school, "小王", "yes") as agreed, newcomer(school, "小张") as silent:
        for browser in (agreed, silent):
            await answered(house, await house.owner_of(browser), "定期备份，异地备份，绝密内容")
        rows = await seen_by(teacher, team)
        assert re.findall(r"<td>([\d.]+)</td>", rows["小王"])[:2] == ["1", "1"]
        assert "does not share figures" in rows["小张"]
        await agreed.fill_in(f"{team}/share", {"shares": ""}, page="/teams")
        await silent.fill_in(f"{team}/share", {"shares": "yes"}, page="/teams")
        rows = await seen_by(teacher, team)
        assert "does not share figures" in rows["小王"]
        assert "does not share figures" not in rows["小张"]


async def test_an_interview_under_way_is_in_no_figure_that_a_leader_sees(school: School) -> None:
    house, teacher, team, _ = school
    async with newcomer(school, "小王", "yes") as member:
        owner = await house.owner_of(member)
        host = await answered(house, owner, "定期备份", mode=SessionMode.INTERVIEW)
        before = await seen_by(teacher, team)
        assert re.findall(r"<td>([^<]*)</td>", before["小王"])[:2] == ["0", "0"]
        assert str(host.turn.attempt.main.counting.assessment.score) not in before["小王"]
        await host.end()
        after = await seen_by(teacher, team)
        assert re.findall(r"<td>([^<]*)</td>", after["小王"])[:2] == ["1", "1"]


async def test_a_member_leads_nothing(school: School) -> None:
    async with newcomer(school, "小王", "yes") as member:
        assert (await member.get(school.team)).status_code == 404
        assert (await member.get("/teams/000000000000")).status_code == 404
        reply = await member.fill_in("/teams", {"name": "二班"}, page="/teams")
        assert reply.status_code == 403
        for act in ("invitations", "withdraw", "remove"):
            await member.fill_in(f"{school.team}/{act}", page="/teams")
        assert (await school.teacher.get(school.team)).status_code == 200
        await member.fill_in(f"{school.team}/leave", page="/teams")
        assert "小王" not in (await school.teacher.get(school.team)).text


async def test_a_new_password_signs_every_other_browser_out(school: School) -> None:
    house = school.house
    async with newcomer(school, "小王") as here, house.browser() as there:
        await there.fill_in("/sign-in", {"name": "小王", "password": PASSWORD}, page="/sign-in")
        assert (await there.get("/teams")).status_code == 200
        fields = {"password": PASSWORD, "new_password": "another long password"}
        reply = await here.fill_in("/account/password", fields, page="/settings")
        assert reply.headers["location"] == "/settings?done=password"
        assert (await here.get("/teams")).status_code == 200
        assert (await there.get("/teams")).status_code == 303


async def test_a_removed_account_leaves_nothing(school: School) -> None:
    house = school.house
    async with newcomer(school, "小王") as browser:
        owner = await house.owner_of(browser)
        await answered(house, owner, "定期备份")
        wrong = await browser.fill_in("/account/remove", {"password": "guess"}, page="/settings")
        assert wrong.status_code == 403
        assert await house.holdings.store.of(owner).sessions()
        await browser.fill_in("/account/remove", {"password": PASSWORD}, page="/settings")
        assert not await house.holdings.store.of(owner).sessions()
        assert await house.holdings.store.people.find("小王") is None
        assert (await browser.get("/teams")).status_code == 303


async def test_signing_out_brings_back_what_the_browser_had(school: School) -> None:
    house = school.house
    async with newcomer(school, "小王"):
        pass
    async with house.browser() as browser:
        await browser.get("/")
        before = await house.owner_of(browser)
        await browser.fill_in("/sign-in", {"name": "小王", "password": PASSWORD}, page="/sign-in")
        assert await house.owner_of(browser) != before
        await browser.fill_in("/sign-out", page="/settings")
        assert await house.owner_of(browser) == before


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"name": "小王", "password": "short"}, id="short password"),
        pytest.param({"name": "", "password": PASSWORD}, id="no name"),
        pytest.param({"name": "李老师", "password": PASSWORD}, id="name taken"),
        pytest.param({"name": "小王", "password": PASSWORD, "role": "owner"}, id="extra field"),
    ],
)
async def test_an_account_that_cannot_be_costs_no_place(
    school: School, fields: dict[str, str]
) -> None:
    async with school.house.browser() as browser:
        reply = await browser.fill_in(school.invitation, fields, page=school.invitation)
        assert reply.status_code in (409, 422)
        assert PASSWORD not in reply.text
    for name in ("小张", "小赵"):
        async with newcomer(school, name):
            pass


async def test_passwords_are_kept_hashed(school: School) -> None:
    found = await school.house.holdings.store.people.find("李老师")
    assert found is not None
    account, kept = found
    assert account.role is Role.OWNER
    assert kept.startswith("$argon2id$")


async def test_names_with_markup_are_shown_as_text(school: School) -> None:
    markup = "<img src=x onerror=alert(1)>"
    reply = await school.teacher.fill_in("/teams", {"name": markup}, page="/teams")
    team = reply.headers["location"]
    reply = await school.teacher.fill_in(f"{team}/invitations", page=team)
    (invitation,) = _INVITATION.findall(reply.text)
    again = school._replace(invitation=invitation, team=team)
    async with newcomer(again, f"{markup}2", "yes") as member:
        pages = [
            (await school.teacher.get(team)).text,
            (await school.teacher.get("/teams")).text,
            (await member.get("/teams")).text,
            (await member.get("/settings")).text,
        ]
    for text in pages:
        assert "<img" not in text
        assert "&lt;img src=x" in text
