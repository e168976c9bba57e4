"""What every request meets: names, origins, form tokens, sizes; and what every reply has."""

import asyncio
import logging

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from app.web.security.headers import HEADERS
from tests.web.browsing import HERE, Browser, House, opened


def without_origin(browser: Browser) -> Browser:
    del browser.headers["origin"]
    return browser


def assert_safe_headers(reply: httpx.Response) -> None:
    for name, value in HEADERS.items():
        assert reply.headers[name] == value, f"{name} of {reply.url}"
    assert "cache-control" in reply.headers
    assert "server" not in reply.headers


async def test_every_reply_of_every_route_has_the_headers(house: House) -> None:
    async with house.browser() as browser:
        for route in iter_route_contexts(house.app.routes):
            for method in route.methods or {"GET"}:
                path = (route.path or "/").replace("{", "").replace("}", "")
                async with browser.stream(method, path) as reply:
                    assert_safe_headers(reply)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("GET", "/nowhere", {}, 404, id="unknown path"),
        pytest.param("DELETE", "/", {}, 405, id="method"),
        pytest.param("GET", "/", {"host": "evil.example"}, 403, id="name"),
        pytest.param("POST", "/start", {}, 422, id="nothing sent"),
        pytest.param("GET", "/static/x/css/nothing.css", {}, 404, id="no such file"),
        pytest.param("GET", "/static/x/../../app.py", {}, 404, id="file outside"),
        pytest.param("POST", "/start", {"content-length": "99999999999"}, 413, id="size"),
    ],
)
async def test_refusals_have_the_headers_too(
    house: House, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    async with house.browser() as browser:
        reply = await browser.request(method, path, headers=headers)
    assert reply.status_code == status
    assert_safe_headers(reply)


async def test_a_defect_shows_neither_traceback_nor_secret(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    @house.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the password is hunter2")

    async with house.browser() as browser:
        with caplog.at_level(logging.ERROR):
            page = await browser.get("/broken")
            program = await browser.get("/broken", headers={"accept": "application/json"})
    assert (page.status_code, program.status_code) == (500, 500)
    assert "hunter2" not in page.text + program.text
    assert "Traceback" not in page.text + program.text
    assert "Something broke" in page.text
    assert program.json()["remedy"]
    assert_safe_headers(page)
    assert "hunter2" in caplog.text  # for whoever runs the server


@pytest.mark.parametrize(
    ("host", "known"),
    [
        pytest.param("127.0.0.1:8642", True, id="number"),
        pytest.param("127.0.0.1", True, id="without a port"),
        pytest.param("localhost:1", True, id="localhost, any port"),
        pytest.param("[::1]:8642", True, id="IPv6"),
        pytest.param("LocalHost:8642", True, id="capitals"),
        pytest.param("192.168.1.20:8642", False, id="another machine's number"),
        pytest.param("evil.example:8642", False, id="a name that points here"),
        pytest.param("localhost.evil.example", False, id="begins like ours"),
        pytest.param("127.0.0.1.evil.example", False, id="begins like our number"),
        pytest.param("localhost@evil.example", False, id="user part"),
        pytest.param("", False, id="none"),
    ],
)
async def test_a_server_for_this_machine_answers_to_its_own_names(
    house: House, host: str, known: bool
) -> None:
    async with house.browser() as browser:
        reply = await browser.get("/", headers={"host": host})
    assert reply.status_code == (200 if known else 403)


async def test_further_names_are_set(small_banks) -> None:
    async with (
        opened(allowed_hosts="interview.lan, x.lan", public_url="https://i.example.org") as house,
        house.browser() as browser,
    ):
        for host in ("interview.lan:8642", "X.LAN", "i.example.org"):
            assert (await browser.get("/", headers={"host": host})).status_code == 200
        assert (await browser.get("/", headers={"host": "y.lan"})).status_code == 403


async def test_an_open_server_answers_to_numbers_but_to_no_strange_name(guarded: House) -> None:
    async with guarded.browser() as browser:
        for host, status in (("192.168.1.20:8642", 200), ("evil.example", 403)):
            reply = await browser.get("/access", headers={"host": host})
            assert reply.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"origin": HERE}, 303, id="our page"),
        pytest.param({"origin": HERE, "sec-fetch-site": "same-origin"}, 303, id="and says so"),
        pytest.param({"origin": "http://evil.example"}, 403, id="another site"),
        pytest.param({"origin": "http://127.0.0.1:9999"}, 403, id="another port"),
        pytest.param({"origin": "null"}, 403, id="hidden"),
        pytest.param({"origin": f"{HERE}.evil.example"}, 403, id="begins like ours"),
        pytest.param({"origin": HERE, "sec-fetch-site": "cross-site"}, 403, id="browser says no"),
        pytest.param({"origin": HERE, "sec-fetch-site": "same-site"}, 403, id="same site only"),
        pytest.param({"sec-fetch-site": "none"}, 303, id="typed in"),
    ],
)
async def test_only_our_own_pages_change_anything(
    house: House, headers: dict[str, str], status: int
) -> None:
    async with house.browser() as browser:
        data = {"form_token": await browser.token(), "theme": "dark"}
        reply = await without_origin(browser).post("/look", data=data, headers=headers)
    assert reply.status_code == status
    assert ("mockint-theme" in reply.cookies) == (status == 303)


@pytest.mark.parametrize("token", ["", "0" * 32, "密码"], ids=["none", "made up", "not ASCII"])
async def test_a_form_that_we_did_not_make_is_refused(house: House, token: str) -> None:
    async with house.browser() as browser:
        await browser.get("/")
        data = {"form_token": token, "theme": "dark"}
        assert (await browser.post("/look", data=data)).status_code == 403


async def test_a_token_is_good_in_one_browser_only(house: House) -> None:
    async with house.browser() as mine, house.browser() as other:
        await other.get("/")
        data = {"form_token": await mine.token(), "theme": "dark"}
        assert (await other.post("/look", data=data)).status_code == 403
        assert (await mine.post("/look", data=data)).status_code == 303


async def test_a_script_may_send_the_token_in_a_header(house: House) -> None:
    async with house.browser() as browser:
        headers = {"x-form-token": await browser.token()}
        reply = await browser.post("/look", data={"theme": "dark"}, headers=headers)
    assert reply.status_code == 303


async def test_a_body_without_a_length_is_cut_off_at_the_limit(small_banks) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    async with opened(body_limit=200_000) as house, house.browser() as browser:
        token = await browser.token()
        reply = await browser.post(
            "/look",
            content=endless(),
            headers={
                "content-type": "application/x-www-form-urlencoded",
                "x-form-token": token,
            },
        )
    assert reply.status_code == 413
    assert sent < 400_000
    assert_safe_headers(reply)


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.security.limits.BODY_SECONDS", 0.2)

    async def slow():
        yield b"theme="
        await asyncio.sleep(5)
        yield b"dark"

    async with house.browser() as browser:
        token = await browser.token()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-form-token": token,
        }
        reply = await browser.post("/look", content=slow(), headers=headers)
    assert reply.status_code == 408


async def test_static_files_are_kept_for_good_under_their_digest(house: House) -> None:
    async with house.browser() as browser:
        own = await browser.get(house.holdings.pages.asset("css/base.css"))
        other = await browser.get("/static/000000000000/css/base.css")
    assert "immutable" in own.headers["cache-control"]
    assert other.headers["cache-control"] == "no-cache"
    assert own.text == other.text
    assert "set-cookie" not in own.headers


async def test_the_first_page_is_small_and_asks_nobody_else(house: House) -> None:
    async with house.browser() as browser:
        page = await browser.get("/")
        links = {part.split('"')[0] for part in page.text.split('"/static/')[1:]}
        weight = len(page.content)
        for link in links:
            weight += len((await browser.get(f"/static/{link}")).content)
    assert links
    assert weight < 60_000
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_pages_hold_no_inline_script_or_style(house: House) -> None:
    async with house.browser() as browser:
        for route in iter_route_contexts(house.app.routes):
            if "GET" not in (route.methods or ()) or "{" in (route.path or ""):
                continue
            text = (await browser.get(route.path or "/")).text
            assert "<style" not in text, route.path
            assert " style=" not in text, route.path
            assert " onclick=" not in text, route.path
            assert "<script>" not in text, route.path


async def test_what_comes_back_after_a_choice_is_a_page_of_ours(house: House) -> None:
    async with house.browser() as browser:
        for back, then in (
            ("/settings", "/settings"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a\nb", "/"),
        ):
            reply = await browser.fill_in("/look", {"theme": "dark", "back": back})
            assert reply.headers["location"] == then
