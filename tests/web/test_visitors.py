"""Each browser is somebody of its own; nobody reaches what is another's."""

import asyncio
from http.cookies import SimpleCookie

import httpx
import pytest
from fastapi.routing import RouteContext, iter_route_contexts

from app.domain.events import AssessmentRecord, Wishes
from app.domain.session import Session
from app.interview.opening import open_interview
from app.web.security.identity import Identity
from tests.cli.material import CHINESE
from tests.web.browsing import Browser, House, opened

SECRET = "只有我知道的秘密项目"


def cookie_of(reply: httpx.Response, house: House) -> SimpleCookie:
    headers = reply.headers.get_list("set-cookie")
    (mine,) = [one for one in headers if one.startswith(house.holdings.seal.cookie)]
    return SimpleCookie(mine)


async def answered(house: House, owner: str) -> Session:
    """A session of this owner's in which something was said."""
    repository = house.holdings.store.of(owner)
    host = await open_interview(repository, CHINESE, Wishes(count=1), language="zh")
    await host.send(SECRET, key="a")
    return host.session


async def test_a_new_browser_gets_a_cookie_that_scripts_cannot_read(house: House) -> None:
    async with house.browser() as browser:
        first = await browser.get("/")
        (cookie,) = cookie_of(first, house).values()
        again = await browser.get("/")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]  # over plain HTTP the browser would drop it
    assert "set-cookie" not in again.headers


async def test_behind_tls_the_cookie_is_secure(small_banks) -> None:
    base = "https://interview.example.org"
    async with opened(public_url=base) as house, house.browser(base=base) as browser:
        reply = await browser.get("/")
        (cookie,) = cookie_of(reply, house).values()
    assert cookie["secure"]
    assert "max-age" in reply.headers["strict-transport-security"]


async def test_two_browsers_are_two_people(house: House) -> None:
    async with house.browser() as one, house.browser() as other:
        await one.get("/")
        await other.get("/")
        assert await house.owner_of(one) != await house.owner_of(other)


async def test_a_cookie_that_was_tampered_with_is_nobodys(house: House) -> None:
    async with house.browser() as browser:
        await browser.get("/")
        name = house.holdings.seal.cookie
        value = browser.cookies[name]
        forged = ("", value[:-1], f"{value[:-4]}AAAA", "x" * 5000, "eyJvIjoibG9jYWwifQ.a.b")
        for text in forged:
            browser.cookies.clear()
            reply = await browser.get("/", headers={"cookie": f"{name}={text}"})
            assert reply.status_code == 200
            assert cookie_of(reply, house)[name].value != value


async def test_a_cookie_of_another_server_says_nothing_here(house: House, tmp_path) -> None:
    async with opened(home=tmp_path / "other") as other, house.browser() as browser:
        other_seal = other.holdings.seal
        assert other_seal.cookie != house.holdings.seal.cookie
        forged = other_seal.write(Identity("local", "n" * 16))
        reply = await browser.get("/", headers={"cookie": f"{house.holdings.seal.cookie}={forged}"})
        assert "set-cookie" in reply.headers
        assert await house.owner_of(browser) != "local"


async def test_the_link_gives_the_sessions_of_the_terminal(house: House) -> None:
    session = await answered(house, "local")
    async with house.browser() as browser, house.browser() as stranger:
        reply = await browser.get(house.link())
        assert reply.headers["location"] == "/"
        assert await house.owner_of(browser) == "local"
        assert session.id in (await browser.get("/")).text
        wrong = await stranger.get(f"/open/{'0' * 64}")
        assert wrong.status_code == 403
        assert await house.owner_of(stranger) != "local"
        assert session.id not in (await stranger.get("/")).text


async def test_a_program_may_send_the_links_word(house: House) -> None:
    await answered(house, "local")
    word = house.link().rpartition("/")[2]
    async with house.browser() as browser:
        reply = await browser.get("/", headers={"authorization": f"Bearer {word}"})
        assert reply.status_code == 200
        assert "set-cookie" not in reply.headers


async def test_a_program_with_the_links_word_needs_no_form_token(house: House) -> None:
    word = house.link().rpartition("/")[2]
    async with house.browser() as browser:
        for token, status in ((word, 303), ("guess", 401)):
            headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
            reply = await browser.post("/start", data={"language": "zh"}, headers=headers)
            assert reply.status_code == status
    assert len(await house.holdings.store.of("local").sessions()) == 1


def filled(route: RouteContext, session: Session) -> str:
    """The path of a route, with what is somebody else's in its place."""
    turn = session.turns[0]
    answer = turn.attempt.main.answer
    assert answer is not None
    names = {"session_id": session.id, "question_id": turn.question.id, "bank_id": "small-zh"}
    path = route.path or "/"
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    numbered = (f"{answer.seq}" if "{" in part else part for part in path.split("/"))
    return "/".join(numbered)


async def attempted(browser: Browser, method: str, path: str, token: str) -> list[httpx.Response]:
    """What the server says to a request in each form that a body may have."""
    bodies = [{}, {"data": {"form_token": token}}, {"json": {}}]
    replies = []
    for body in bodies if method not in ("GET", "HEAD") else bodies[:1]:
        async with asyncio.timeout(10), browser.stream(method, path, **body) as reply:
            if reply.headers.get("content-type", "").startswith("text/event-stream"):
                replies.append(httpx.Response(reply.status_code, text=""))
                continue
            await reply.aread()
            replies.append(reply)
    return replies


async def test_no_route_shows_or_changes_what_is_anothers(house: House) -> None:
    session = await answered(house, "b-somebody")
    before = await house.holdings.store.of("b-somebody").load(session.id)
    async with house.browser() as stranger:
        for route in iter_route_contexts(house.app.routes):
            path = filled(route, session)
            token = await stranger.token()  # some routes make a new visitor of the browser
            for method in sorted(route.methods or ()):
                for reply in await attempted(stranger, method, path, token):
                    where = f"{method} {path}"
                    assert SECRET not in reply.text, where
                    assert reply.status_code < 500, where
                    if "{session_id}" in (route.path or ""):
                        assert reply.status_code in (404, 405, 422), where
    theirs = house.holdings.store.of("b-somebody")
    since = await theirs.events_after(session.id, before.seq)
    assert all(isinstance(event, AssessmentRecord) for event in since)  # the server's own grading
    assert await theirs.sessions()


async def test_an_unknown_session_and_anothers_look_the_same(house: House) -> None:
    session = await answered(house, "b-somebody")
    async with house.browser() as stranger:
        for route in iter_route_contexts(house.app.routes):
            if "{session_id}" not in (route.path or "") or "GET" not in (route.methods or ()):
                continue
            path = filled(route, session)
            theirs = await stranger.get(path)
            unknown = await stranger.get(path.replace(session.id, "0" * 12))
            assert theirs.status_code == unknown.status_code
            assert theirs.text.replace(session.id, "") == unknown.text.replace("0" * 12, "")


@pytest.mark.parametrize(
    ("accepted", "cookie", "tag"),
    [
        pytest.param("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-CN", id="Chinese browser"),
        pytest.param("en-GB,en;q=0.9", "", "en", id="English browser"),
        pytest.param("fr-FR,zh;q=0.5", "", "zh-CN", id="second choice"),
        pytest.param("en;q=0.3, zh;q=0.7", "", "zh-CN", id="by weight"),
        pytest.param("fr-FR", "", "en", id="neither"),
        pytest.param("", "", "zh-CN", id="nothing said"),
        pytest.param("en", "zh", "zh-CN", id="chosen on the page"),
        pytest.param("en", "<script>", "en", id="nonsense chosen"),
        pytest.param("zh;q=x,,;;q=,en", "", "en", id="broken header"),
    ],
)
async def test_the_page_speaks_the_visitors_language(
    house: House, accepted: str, cookie: str, tag: str
) -> None:
    async with house.browser(language=accepted) as browser:
        if cookie:
            browser.headers["cookie"] = f"mockint-language={cookie}"
        text = (await browser.get("/")).text
    assert f'<html lang="{tag}"' in text
