"""The settings page: what is in force, a real test of the model, export, import, delete."""

from datetime import UTC, datetime

import pytest

from app.domain.events import Wishes
from app.interview.opening import open_interview
from tests.cli.material import CHINESE
from tests.scripted_llm.server import ScriptedLLM
from tests.web.browsing import House, opened

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def practised(house: House, owner: str) -> str:
    repository = house.holdings.store.of(owner)
    host = await open_interview(repository, CHINESE, Wishes(count=1), language="zh")
    await host.send("先定期备份", key="a")
    return host.session.id


async def test_without_a_model_the_page_says_what_similarity_is_worth(house: House) -> None:
    async with house.browser() as browser:
        start, settings = await browser.get("/"), await browser.get("/settings")
    assert "Graded by similarity of meaning" in start.text
    assert "cannot tell whether it is true" in start.text
    assert "similarity of meaning" in settings.text
    assert "bundled" in settings.text


async def test_with_a_model_the_page_says_where_answers_go_and_never_the_key(
    small_banks, scripted_llm: ScriptedLLM
) -> None:
    options = {
        "llm_model": "scripted",
        "openai_base_url": scripted_llm.base_url,
        "openai_api_key": "sk-never-shown",
    }
    async with opened(**options) as house, house.browser() as browser:
        start, settings = await browser.get("/"), await browser.get("/settings")
        tested = await browser.fill_in("/settings/model", page="/settings")
        owner = await house.owner_of(browser)
        spent = await house.holdings.store.of(owner).usage_since(LONG_AGO)
    assert "Graded by the language model scripted" in start.text
    assert "127.0.0.1" in start.text
    assert "The model answers" in tested.text
    assert spent.calls == 1
    assert "sk-never-shown" not in start.text + settings.text + tested.text


async def test_a_model_that_is_not_there_is_explained(small_banks) -> None:
    options = {"llm_model": "gone", "openai_base_url": "http://127.0.0.1:9/v1"}
    options |= {"openai_api_key": "sk-never-shown"}
    async with opened(**options) as house, house.browser() as browser:
        reply = await browser.fill_in("/settings/model", page="/settings")
    assert reply.status_code == 200
    assert "The model does not answer" in reply.text
    assert "sk-never-shown" not in reply.text


async def test_testing_a_model_that_is_not_configured_is_refused_kindly(house: House) -> None:
    async with house.browser() as browser:
        reply = await browser.fill_in("/settings/model", page="/settings")
    assert reply.status_code == 409
    assert "MOCKINT_LLM_MODEL" in reply.text


async def test_everything_moves_to_another_browser_and_can_be_deleted(house: House) -> None:
    async with house.browser() as one, house.browser() as other:
        await one.get("/")
        session_id = await practised(house, await house.owner_of(one))
        export = await one.get("/settings/export")
        assert "attachment" in export.headers["content-disposition"]
        assert "先定期备份" in export.text
        files = {"export": ("mockint-export.jsonl", export.content)}
        taken = await other.fill_in("/settings/import", page="/settings", files=files)
        assert taken.status_code == 200
        again = await other.fill_in("/settings/import", page="/settings", files=files)
        assert again.status_code == 200
        mine = house.holdings.store.of(await house.owner_of(other))
        assert len(await mine.sessions()) == 1
        unsure = await one.fill_in("/settings/forget", page="/settings")
        assert unsure.status_code == 422
        done = await one.fill_in("/settings/forget", {"sure": "yes"}, page="/settings")
        assert done.headers["location"] == "/settings?done=forgotten"
        assert session_id not in (await one.get("/")).text
        assert len(await mine.sessions()) == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        pytest.param("export.jsonl", b"not an export", 422, id="not an export"),
        pytest.param("export.jsonl", b"", 422, id="empty"),
        pytest.param("../../etc/passwd", b"\x00\xff", 422, id="strange name, no text"),
        pytest.param("", b"", 422, id="nothing chosen"),
    ],
)
async def test_a_file_that_is_no_export_is_refused(
    house: House, name: str, content: bytes, status: int
) -> None:
    async with house.browser() as browser:
        files = {"export": (name, content)}
        reply = await browser.fill_in("/settings/import", page="/settings", files=files)
    assert reply.status_code == status
    assert "/tmp" not in reply.text


async def test_an_export_leaves_no_copy_behind(house: House, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with house.browser() as browser:
        await browser.get("/settings/export")
    assert not list(tmp_path.glob("mockint-export-*"))
