"""A server that is open to a network lets in whoever knows its token, and nobody else."""

import logging

import pytest
from fastapi.routing import iter_route_contexts

from app.web.security.access import is_open
from tests.web.browsing import House, opened
from tests.web.conftest import TOKEN


async def test_every_route_is_shut_to_strangers(guarded: House) -> None:
    async with guarded.browser() as stranger:
        for route in iter_route_contexts(guarded.app.routes):
            path = route.path or "/"
            if is_open(path) or path == "/static":
                continue
            for method in route.methods or {"GET"}:
                where = f"{method} {path}"
                page = await stranger.request(method, path)
                program = await stranger.request(
                    method, path, headers={"accept": "application/json"}
                )
                assert program.status_code == 401, where
                is_page = method == "GET" and not path.startswith("/api/")
                assert page.status_code == (303 if is_page else 401), where
                if is_page:
                    assert page.headers["location"].startswith("/access"), where


async def test_the_token_opens_and_is_remembered(guarded: House) -> None:
    async with guarded.browser() as browser:
        reply = await browser.get("/settings")
        assert reply.headers["location"] == "/access?then=/settings"
        page = reply.headers["location"]
        reply = await browser.fill_in("/access", {"token": TOKEN, "then": "/settings"}, page=page)
        assert (reply.status_code, reply.headers["location"]) == (303, "/settings")
        assert (await browser.get("/")).status_code == 200
        assert TOKEN not in browser.cookies[guarded.holdings.seal.cookie]


@pytest.mark.parametrize("token", ["", "open-sesame", f"{TOKEN} ", "开门"])
async def test_a_wrong_token_does_not(guarded: House, token: str) -> None:
    async with guarded.browser() as browser:
        reply = await browser.fill_in("/access", {"token": token}, page="/access")
        assert reply.status_code == 403
        assert "not the access token" in reply.text
        assert (await browser.get("/")).status_code == 303


async def test_guessing_is_slowed_down_and_the_right_token_forgives(guarded: House) -> None:
    async with guarded.browser(address="10.0.0.5") as guesser, guarded.browser() as other:
        token = await guesser.token("/access")
        replies = [
            await guesser.post("/access", data={"form_token": token, "token": f"guess-{n}"})
            for n in range(12)
        ]
        assert [reply.status_code for reply in replies] == [403] * 10 + [429] * 2
        assert int(replies[-1].headers["retry-after"]) > 0
        right = await guesser.post("/access", data={"form_token": token, "token": TOKEN})
        assert right.status_code == 429
        reply = await other.fill_in("/access", {"token": TOKEN}, page="/access")
        assert reply.status_code == 303


async def test_programs_send_the_token_as_bearer(guarded: House) -> None:
    async with guarded.browser() as browser:
        browser.headers["accept"] = "application/json"
        right = await browser.get("/", headers={"authorization": f"Bearer {TOKEN}"})
        wrong = await browser.get("/", headers={"authorization": "Bearer guess"})
        assert (right.status_code, wrong.status_code) == (200, 401)
        assert wrong.headers["www-authenticate"] == "Bearer"


async def test_guessing_bearers_is_slowed_down_too(guarded: House) -> None:
    async with guarded.browser(address="10.0.0.6") as browser:
        browser.headers["accept"] = "application/json"
        codes = [
            (await browser.get("/", headers={"authorization": f"Bearer {n}"})).status_code
            for n in range(11)
        ]
        assert codes == [401] * 10 + [429]
        right = await browser.get("/", headers={"authorization": f"Bearer {TOKEN}"})
        assert right.status_code == 429


async def test_another_token_shuts_whoever_knew_the_old_one_out(small_banks) -> None:
    async with opened(access_token=TOKEN) as house, house.browser() as browser:
        await browser.fill_in("/access", {"token": TOKEN}, page="/access")
        cookies = dict(browser.cookies)
        assert (await browser.get("/")).status_code == 200
    async with opened(access_token="another-long-word") as house, house.browser() as browser:
        browser.cookies.update(cookies)
        assert (await browser.get("/")).status_code == 303


async def test_the_link_of_the_machine_needs_no_token(guarded: House) -> None:
    async with guarded.browser() as browser:
        await browser.get(guarded.link())
        assert (await browser.get("/")).status_code == 200


async def test_no_secret_is_in_a_page_or_a_log(
    guarded: House, caplog: pytest.LogCaptureFixture
) -> None:
    word = guarded.link().rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        async with guarded.browser() as browser:
            await browser.fill_in("/access", {"token": TOKEN}, page="/access")
            await browser.get(guarded.link())
            texts = [
                (await browser.get(route.path or "/")).text
                for route in iter_route_contexts(guarded.app.routes)
                if "GET" in (route.methods or ()) and "{" not in (route.path or "")
            ]
    secret = (guarded.holdings.settings.home / "web-secret").read_text()
    mine = "\n".join(record.getMessage() for record in caplog.records if "httpx" not in record.name)
    for text in (*texts, mine):
        assert TOKEN not in text
        assert word not in text
        assert secret not in text
