"""The start page: everything can be chosen, without a script, and what was begun goes on."""

import re

import pytest

from app.domain.events import SessionMode
from app.domain.session import Session
from tests.web.browsing import Browser, House

JOB = """岗位要求：
- 熟悉数据备份与灾难恢复
- 会用 Kubernetes 做容器编排和资源调度
"""


async def begun(house: House, browser: Browser, files=None, **fields: object) -> Session:
    """The session that the form opened."""
    reply = await browser.fill_in("/start", {"language": "zh"} | fields, files=files)
    assert reply.status_code == 303, reply.text
    session_id = reply.headers["location"].removeprefix("/sessions/")
    return await house.holdings.store.of(await house.owner_of(browser)).load(session_id)


async def test_everything_that_was_chosen_is_in_the_session(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(
            house,
            browser,
            mode="interview",
            count="1",
            minutes="20",
            topics=["存储与备份"],
            difficulties=["2", "3"],
        )
    assert session.start.mode is SessionMode.INTERVIEW
    wishes = session.start.wishes
    assert (wishes.count, wishes.minutes) == (1, 20)
    assert (wishes.topics, wishes.difficulties) == (("存储与备份",), (2, 3))
    assert session.turns[0].question.id == "backup"


async def test_nothing_chosen_asks_anything(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser)
    assert session.start.wishes.minutes is None
    assert len(session.plan) == 2


async def test_a_pasted_job_description_picks_the_questions(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser, text=JOB)
    assert "熟悉数据备份与灾难恢复" in session.start.wishes.requirements


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("jd.txt", JOB.encode(), id="text"),
        pytest.param("jd.md", JOB.encode("gb18030"), id="GB18030"),
        pytest.param("简历 (终稿).md", JOB.encode(), id="Chinese name"),
    ],
)
async def test_a_file_does_the_same(house: House, name: str, data: bytes) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser, files={"document": (name, data)})
    assert "熟悉数据备份与灾难恢复" in session.start.wishes.requirements


async def test_an_empty_file_field_is_no_file(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser, files={"document": ("", b"")})
    assert session.start.wishes.requirements == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.pdf", b"%PDF-1.7 broken", id="broken PDF"),
        pytest.param("a.docx", b"PK\x03\x04 broken", id="broken DOCX"),
        pytest.param("a.exe", bytes(range(256)) * 20, id="no text"),
        pytest.param("<script>alert(1)</script>.pdf", b"%PDF-1.7", id="name with markup"),
        pytest.param("a.txt", b"   ", id="blank"),
        pytest.param("a.txt", "五险一金。".encode(), id="nothing asked for"),
    ],
)
async def test_a_file_that_cannot_be_used_is_explained(
    house: House, name: str, data: bytes
) -> None:
    async with house.browser() as browser:
        files = {"document": (name, data)}
        reply = await browser.fill_in("/start", {"language": "zh"}, files=files)
    assert reply.status_code == (422 if data.strip() else 303)
    assert "<script>alert" not in reply.text


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"count": "0"}, id="no questions"),
        pytest.param({"count": "1000000"}, id="too many"),
        pytest.param({"mode": "exam"}, id="unknown mode"),
        pytest.param({"language": "fr"}, id="unknown language"),
        pytest.param({"difficulties": ["9"]}, id="unknown difficulty"),
        pytest.param({"minutes": "soon"}, id="not a number"),
        pytest.param({"owner": "local"}, id="a field that is not there"),
        pytest.param({"topics": ["x" * 500]}, id="long topic"),
    ],
)
async def test_a_form_that_was_bent_is_refused(house: House, fields: dict[str, object]) -> None:
    async with house.browser() as browser:
        reply = await browser.fill_in("/start", {"language": "zh"} | fields)
    assert reply.status_code == 422


async def test_a_topic_that_no_question_has_is_explained(house: House) -> None:
    async with house.browser() as browser:
        reply = await browser.fill_in("/start", {"language": "zh", "topics": ["烹饪"]})
    assert reply.status_code == 404
    assert "Topics:" in reply.text


async def test_what_was_entered_stands_in_the_form_when_it_cannot_be_used(house: House) -> None:
    fields = {
        "language": "en",
        "mode": "interview",
        "count": "7",
        "minutes": "33",
        "topics": ["Storage and backup"],
        "difficulties": ["1"],
        "text": "\n  My <b>long</b> text & more",
    }
    async with house.browser() as browser:
        files = {"document": ("cv.pdf", b"%PDF-1.7 broken")}
        reply = await browser.fill_in("/start", fields, files=files)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    for value in ('value="en" checked', 'value="interview" checked', 'value="7"', 'value="33"'):
        assert value in reply.text
    assert 'value="Storage and backup" checked' in reply.text
    assert 'name="difficulties" value="1" checked' in reply.text
    assert "\n  My &lt;b&gt;long&lt;/b&gt; text &amp; more</textarea>" in reply.text


async def test_topics_ticked_before_the_language_was_changed_do_not_count(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser, language="en", topics=["存储与备份"])
    assert session.start.wishes.topics == ()
    assert session.start.language == "en"


async def test_an_open_interview_is_offered_again(house: House) -> None:
    async with house.browser() as browser:
        session = await begun(house, browser)
        text = (await browser.get("/")).text
    assert f'href="/sessions/{session.id}"' in text
    assert session.turns[0].question.text in text


async def test_nothing_due_offers_no_review_and_says_so_when_asked(house: House) -> None:
    async with house.browser() as browser:
        assert "Review now" not in (await browser.get("/")).text
        reply = await browser.fill_in("/start", {"language": "zh", "mode": "review"})
    assert reply.status_code == 404
    assert "Nothing is due" in reply.text


async def test_each_page_names_its_language_and_that_of_the_questions(house: House) -> None:
    async with house.browser(language="en") as browser:
        await begun(house, browser)
        text = (await browser.get("/")).text
    assert '<html lang="en"' in text
    assert re.search(r'lang="zh[^"]*">数据中心|lang="zh[^"]*">如何', text)
