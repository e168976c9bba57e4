"""Banks on the page: browsing, searching, importing, writing, and files that change meanwhile."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bank.exporting import BankForm
from app.bank.importing import store_bank
from app.bank.reading import parse_upload, read_bank
from app.domain.question import Bank, KeyPoint, Question
from app.web.banks.catalogue import BEST
from tests.cli.material import CHINESE, ENGLISH
from tests.report.test_pages import Page
from tests.web.browsing import Browser, House, opened

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
OWN = Bank("own", "Mine", "en", ENGLISH)
NOTES = "---\nbank: notes\nlanguage: en\n---\n## 1. Why?\nBecause A is so. And B too.\n"


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an imported bank and the index of all; to be copied."""
    return tmp_path_factory.mktemp("stocked")


@pytest.fixture
async def house(stocked: Path, home: Path) -> AsyncIterator[House]:
    """A server with the shipped banks and an imported one."""
    if not (stocked / "index").exists():
        store_bank(OWN, stocked / "banks" / "own.md")
        async with opened(home=stocked):
            pass
    shutil.copytree(stocked, home)
    async with opened() as made:
        yield made


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with house.browser() as made:
        yield made


@pytest.fixture
def banks(home: Path) -> Path:
    return home / "banks"


def fields_of(html: str) -> dict[str, list[str]]:
    """What a browser would send of the form on a page, without buttons."""
    found: dict[str, list[str]] = {}
    form = html[html.index('class="question-form"') :].partition("</form>")[0]
    for name, value in re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form):
        found.setdefault(name, []).append(_plain(value))
    for name, value in re.findall(
        r'<textarea[^>]*? name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        found.setdefault(name, []).append(_plain(value).replace("\n", "\r\n"))
    (chosen,) = re.findall(r'<option value="(\d)" selected', form)
    return {**found, "difficulty": [chosen]}


def _plain(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        text = text.replace(entity, sign)
    return text.replace("&amp;", "&")


async def upload(browser: Browser, name: str, data: bytes):
    return await browser.fill_in(
        "/banks/-/import", page="/banks/-/import", files={"file": (name, data)}
    )


async def test_banks_and_questions_are_browsed_a_page_at_a_time(browser: Browser) -> None:
    page = (await browser.get("/banks")).text
    assert "Mine" in page
    assert "AI 大模型数据中心建设面试题库" in page
    bank = await browser.get("/banks/ai-datacenter?difficulty=3&topic=算法与编程")
    assert Page(bank.text).open == []
    found = re.findall(r'href="/banks/ai-datacenter/questions/([\w-]+)"', bank.text)
    shelf = read_bank(Path("corpus/ai-datacenter.zh.md"))
    assert found == [
        one.id for one in shelf.questions if one.difficulty == 3 and one.topic == "算法与编程"
    ]
    assert (await browser.get("/banks/gone")).status_code == 404
    assert (await browser.get("/banks/own/questions/gone")).status_code == 404
    assert (await browser.get("/banks/own?difficulty=9")).status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_questions_are_found_by_meaning(house: House, language: str) -> None:
    async with house.browser(language=language) as browser:
        page = (await browser.get("/banks?q=异地机房失火后怎么把数据找回来")).text
        found = re.findall(r'href="/banks/[\w-]+/questions/([\w-]+)"', page)
        assert found[0] in {"ai-datacenter-07", "ai-datacenter-17", "ai-datacenter-27"}
        assert len(found) <= BEST
        figures = [float(one) for one in re.findall(r"(?:相似度|similarity) ([\d.]+)", page)]
        assert len(figures) == len(found)
        assert figures == sorted(figures, reverse=True)
        assert [int(one) for one in re.findall(r'<li value="(\d+)"', page)][-1] == len(found)
        nothing = (await browser.get("/banks/own?q=backup&tag=nothing")).text
        assert ("没有符合的题目" if language == "zh" else "Nothing fits") in nothing


async def test_a_question_folds_away_what_a_good_answer_says(browser: Browser) -> None:
    page = (await browser.get("/banks/own/questions/backup-en")).text
    folds = re.findall(r"<details.*?</details>", page, re.S)
    outside = re.sub(r"<details.*?</details>", "", page, flags=re.S)
    assert "off-site copies" in "".join(folds)
    assert "off-site copies" not in outside
    assert "rehearse it every quarter" not in outside
    assert " open>" not in "".join(folds)


@pytest.mark.parametrize("form", list(BankForm))
async def test_a_bank_is_taken_away_as_a_file_that_can_be_read(
    browser: Browser, form: BankForm
) -> None:
    reply = await browser.get(f"/banks/own/export.{form}")
    assert f"own.{form}" in reply.headers["content-disposition"]
    assert parse_upload(reply.content, f"own.{form}").questions == ENGLISH


async def test_an_upload_is_looked_over_before_anything_is_saved(
    browser: Browser, house: House, banks: Path
) -> None:
    reply = await upload(browser, "C:\\fakepath\\notes.md", NOTES.encode())
    preview = reply.headers["location"]
    page = (await browser.get(preview)).text
    assert "Nothing is saved yet" in page
    assert "notes.md" in page
    assert sorted(file.name for file in banks.glob("*.md")) == ["own.md"]
    reply = await browser.fill_in(preview, {"basis": ""}, page=preview)
    assert reply.headers["location"] == "/banks/notes"
    assert read_bank(banks / "notes.md").questions[0].text == "Why?"
    assert house.holdings.services.shelf.question("notes-01").text == "Why?"
    hits = (await browser.get("/banks?q=Because A is so")).text
    assert "/banks/notes/questions/notes-01" in hits
    assert (await browser.get(preview)).status_code == 400


async def test_findings_name_the_line_and_show_it(browser: Browser, banks: Path) -> None:
    text = (
        "---\nbank: demo\nlanguage: en\n---\n### 1. Why?\n<!-- id: a b -->\nSo.\n\n"
        "### 2. How?\n\n**Answer:**\n"
    )
    preview = (await upload(browser, "demo.md", text.encode())).headers["location"]
    page = Page((await browser.get(preview)).text).text
    assert re.search(r"error\s+line 5\s+bad-id", page)
    assert "### 1. Why?" in page
    assert re.search(r"error\s+line 9\s+no-key-points", page)
    assert "It cannot be saved as it is." in page
    assert "Save as a bank" not in page
    reply = await browser.fill_in(preview, {"basis": ""}, page=preview)
    assert reply.headers["location"] == preview
    assert not (banks / "demo.md").exists()


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        pytest.param("a.exe", b"MZ", "are not read as banks", id="type"),
        pytest.param("noending", b"## 1. Why?\nSo.", "are not read as banks", id="no ending"),
        pytest.param("a.md", b"\0\1\2", "NUL byte", id="binary"),
        pytest.param("a.md", b"## 1. \xff\xfe\xfd?", "is not UTF-8", id="encoding"),
        pytest.param("a.md", b"<!-- never closed", "never closed", id="comment"),
        pytest.param("a.md", b"", "no question", id="empty"),
        pytest.param("a.yaml", b"[" * 5000, "nested deeper", id="deep yaml"),
        pytest.param("a.yaml", b"a: &a [x]\nb: *a", "Anchors", id="anchors"),
        pytest.param("a.json", b"[" * 100_000, "JSON", id="deep json"),
        pytest.param("a.csv", b"x,y\n1,2", "No column is called", id="columns"),
        pytest.param("../../etc/passwd.md", b"", "no question", id="path"),
    ],
)
async def test_a_file_that_is_no_bank_is_refused_and_not_kept(
    browser: Browser, home: Path, name: str, data: bytes, part: str
) -> None:
    reply = await upload(browser, name, data)
    assert reply.status_code == 422
    assert part in reply.text
    assert not list((home / "uploads").rglob("data"))
    assert sorted(file.name for file in (home / "banks").glob("*.md")) == ["own.md"]


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        pytest.param("a.exe", b"", "以“.exe”结尾的文件不能作为题库读取。", id="type"),
        pytest.param(
            "a.md", b"x\ny \xff\xfd", "第 2 行：第 4 个字节不是 UTF-8 文本。", id="encoding"
        ),
        pytest.param(
            "a.yaml", b"- a: 1\n  a: 2", "第 2 行：同一个映射里键“a”出现了两次。", id="yaml"
        ),
        pytest.param("a.csv", b"question,x\nWhy?,1", "第 1 行：未知的列“x”。", id="column"),
        pytest.param("a.md", b"text", "这个文件里没有题目。", id="nothing"),
    ],
)
async def test_a_complaint_speaks_the_language_of_the_page(
    house: House, name: str, data: bytes, text: str
) -> None:
    async with house.browser(language="zh") as browser:
        page = Page((await upload(browser, name, data)).text).text
    assert text in page


async def test_a_file_that_is_too_large_is_refused(stocked: Path, home: Path) -> None:
    async with opened(body_limit=100_000) as house, house.browser() as browser:
        reply = await upload(browser, "a.md", b"x" * 200_000)
        assert reply.status_code == 413
    assert not (home / "uploads").exists()


async def test_another_browser_does_not_reach_an_upload(browser: Browser, house: House) -> None:
    preview = (await upload(browser, "notes.md", NOTES.encode())).headers["location"]
    async with house.browser() as stranger:
        assert (await stranger.get(preview)).status_code == 400
        reply = await stranger.fill_in(preview, {"basis": ""})
        assert reply.status_code == 400
    assert (await browser.get(preview)).status_code == 200
    await browser.fill_in(f"{preview}/drop", page=preview)
    assert (await browser.get(preview)).status_code == 400


async def test_what_is_replaced_is_said_and_must_not_have_changed(
    browser: Browser, banks: Path
) -> None:
    new = Bank("own", "Mine", "en", (ENGLISH[0], Question("own-9", "New?", reference="So.")))
    store_bank(new, banks.parent / "new" / "own.md")
    data = (banks.parent / "new" / "own.md").read_bytes()
    preview = (await upload(browser, "own.md", data)).headers["location"]
    page = (await browser.get(preview)).text
    assert "Questions: 1 new, 0 changed, 1 gone, 1 as before." in page
    basis = re.findall(r'name="basis" value="(\w+)"', page)[0]
    store_bank(Bank("own", "Mine", "en", ENGLISH[:1]), banks / "own.md", force=True)
    reply = await browser.fill_in(preview, {"basis": basis}, page=preview)
    page = (await browser.get(reply.headers["location"])).text
    assert "has changed since you looked at it" in page
    assert "Questions: 1 new, 0 changed, 0 gone, 1 as before." in page
    assert len(read_bank(banks / "own.md").questions) == 1
    basis = re.findall(r'name="basis" value="(\w+)"', page)[0]
    reply = await browser.fill_in(preview, {"basis": basis}, page=preview)
    assert reply.headers["location"] == "/banks/own"
    assert read_bank(banks / "own.md").questions[1].id == "own-9"


async def test_what_the_form_writes_is_what_the_reader_reads(browser: Browser, banks: Path) -> None:
    path = "/banks/own/questions/backup-en/edit"
    fields = fields_of((await browser.get(path)).text)
    unchanged = await browser.fill_in(path, {**fields, "do": "save"}, page=path)
    assert unchanged.headers["location"] == "/banks/own/questions/backup-en?done=saved"
    assert read_bank(banks / "own.md").questions == ENGLISH
    text = f"First line {HOSTILE}\r\n\r\n# no heading\r\n- no list\r\n```\r\ncode"
    fields["text"], fields["topic"], fields["tags"] = [text], [f"T {HOSTILE}"], ["a，b; c"]
    fields["point_detail"][0] = "one\r\n  two **Answer:**"
    fields["point_weight"][0] = "2.25"
    fields["point_wordings"][0] = "said so\r\n\r\nor <b>so</b>; even so"
    fields["point_title"][4] = "new point: <!-- x -->"
    await browser.fill_in(path, {**fields, "do": "save"}, page=path)
    question = read_bank(banks / "own.md").questions[0]
    assert question.text == text.replace("\r\n", "\n")
    assert (question.topic, question.tags) == (f"T {HOSTILE}", ("a", "b", "c"))
    assert question.key_points[0].detail == "one\ntwo **Answer:**"
    assert question.key_points[0].weight == 2.25
    assert question.key_points[0].wordings == ("said so", "or <b>so</b>", "even so")
    assert question.key_points[4] == KeyPoint("kp5", "new point: <!-- x -->")
    page = (await browser.get("/banks/own/questions/backup-en")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert HOSTILE in Page(page).text
    assert "Also said: said so; or <b>so</b>; even so" in Page(page).text


async def test_rows_are_added_moved_and_removed_without_saving(
    browser: Browser, banks: Path
) -> None:
    before = (banks / "own.md").read_bytes()
    path = "/banks/own/questions/backup-en/edit"
    fields = fields_of((await browser.get(path)).text)
    titles = fields["point_title"]
    for do, wanted in {
        "add": [*titles, ""],
        "up-1": [titles[1], titles[0], *titles[2:]],
        "down-0": [titles[1], titles[0], *titles[2:]],
        "remove-2": [*titles[:2], *titles[3:]],
        "remove-99": titles,
        "up-0": titles,
    }.items():
        reply = await browser.fill_in(path, {**fields, "do": do}, page=path)
        assert fields_of(reply.text)["point_title"] == wanted, do
    assert (banks / "own.md").read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        pytest.param("text", " ", "Write the question.", id="no text"),
        pytest.param("difficulty", "7", "Choose 1, 2 or 3.", id="difficulty"),
        pytest.param("language", "!", "Write a tag such as zh", id="language"),
        pytest.param("point_weight", ["-1", "", "", "", ""], "positive number", id="weight"),
        pytest.param("point_title", ["", "b", "c", "d", ""], "Give the key point a", id="title"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    browser: Browser, banks: Path, field: str, value: object, part: str
) -> None:
    before = (banks / "own.md").read_bytes()
    path = "/banks/own/questions/backup-en/edit"
    fields: dict[str, object] = {**fields_of((await browser.get(path)).text), field: value}
    fields["reference"] = "kept as I wrote it"
    reply = await browser.fill_in(path, {**fields, "do": "save"}, page=path)
    assert reply.status_code == 422
    assert part in reply.text
    assert "kept as I wrote it" in reply.text
    assert 'aria-invalid="true"' in reply.text
    assert (banks / "own.md").read_bytes() == before


async def test_a_question_can_be_looked_over_without_saving(browser: Browser, banks: Path) -> None:
    before = (banks / "own.md").read_bytes()
    path = "/banks/own/questions/backup-en/edit"
    fields = fields_of((await browser.get(path)).text)
    fields["point_title"][1], fields["point_detail"][1] = (
        fields["point_title"][0],
        fields["point_detail"][0],
    )
    reply = await browser.fill_in(path, {**fields, "do": "check"}, page=path)
    assert "say the same" in reply.text
    assert (banks / "own.md").read_bytes() == before


async def test_of_two_who_edit_at_once_the_second_sees_both_versions(
    browser: Browser, house: House, banks: Path
) -> None:
    path = "/banks/own/questions/backup-en/edit"
    async with house.browser() as other:
        mine = fields_of((await browser.get(path)).text)
        theirs = fields_of((await other.get(path)).text)
        theirs["text"], mine["text"] = ["Their text?"], ["My text?"]
        await other.fill_in(path, {**theirs, "do": "save"}, page=path)
        reply = await browser.fill_in(path, {**mine, "do": "save"}, page=path)
    assert reply.status_code == 409
    assert "Somebody has changed the question" in reply.text
    assert "Their text?" in reply.text
    assert fields_of(reply.text)["text"] == ["My text?"]
    assert read_bank(banks / "own.md").questions[0].text == "Their text?"
    again = await browser.fill_in(path, {**fields_of(reply.text), "do": "save"}, page=path)
    assert again.status_code == 303
    assert read_bank(banks / "own.md").questions[0].text == "My text?"


async def test_a_question_that_was_removed_meanwhile_can_be_added_anew(
    browser: Browser, banks: Path
) -> None:
    path = "/banks/own/questions/backup-en/edit"
    fields = fields_of((await browser.get(path)).text)
    store_bank(Bank("own", "Mine", "en", ENGLISH[1:]), banks / "own.md", force=True)
    reply = await browser.fill_in(path, {**fields, "do": "save"}, page="/banks")
    assert reply.status_code == 409
    assert "removed meanwhile" in reply.text
    await browser.fill_in(path, {**fields_of(reply.text), "do": "save"}, page="/banks")
    assert {one.id for one in read_bank(banks / "own.md").questions} == {
        "backup-en",
        "scheduling-en",
    }


async def test_a_shipped_bank_is_edited_as_a_copy_and_comes_back(
    browser: Browser, house: House, banks: Path
) -> None:
    path = "/banks/ai-datacenter/questions/ai-datacenter-07/edit"
    page = (await browser.get(path)).text
    assert "This bank came with mockint and is not changed itself." in page
    fields = {**fields_of(page), "text": "改过的题目？", "do": "save"}
    reply = await browser.fill_in(path, fields, page=path)
    assert reply.status_code == 303
    copy = read_bank(banks / "ai-datacenter.md")
    shipped = read_bank(Path("corpus/ai-datacenter.zh.md"))
    changed = [
        one for one, old in zip(copy.questions, shipped.questions, strict=True) if one != old
    ]
    assert [one.text for one in changed] == ["改过的题目？"]
    assert house.holdings.services.shelf.question("ai-datacenter-07").text == "改过的题目？"
    found = (await browser.get("/banks?q=改过的题目")).text
    assert "ai-datacenter-07" in found
    await browser.fill_in("/banks/ai-datacenter/remove", {"basis": copy.digest}, page="/banks/own")
    assert not (banks / "ai-datacenter.md").exists()
    assert house.holdings.services.shelf.question("ai-datacenter-07") == shipped.questions[6]


async def test_questions_are_added_and_removed(browser: Browser, house: House, banks: Path) -> None:
    path = "/banks/own/add"
    fields = fields_of((await browser.get(path)).text)
    fields["text"], fields["point_title"] = ["What else?"], ["That", "", ""]
    reply = await browser.fill_in(path, {**fields, "do": "save"}, page=path)
    assert reply.headers["location"] == "/banks/own/questions/own-03?done=added"
    added = read_bank(banks / "own.md").questions[2]
    assert (added.text, added.key_points) == ("What else?", (KeyPoint("kp1", "That"),))
    await browser.fill_in(
        "/banks/own/questions/own-03/remove", {"basis": added.digest}, page="/banks/own"
    )
    assert read_bank(banks / "own.md").questions == ENGLISH
    assert (await browser.get("/banks/own/questions/own-03")).status_code == 404
    assert house.holdings.room.shelf is house.holdings.services.shelf


async def test_a_bank_is_begun_with_its_first_question(browser: Browser, banks: Path) -> None:
    path = "/banks/-/new"
    fields = fields_of((await browser.get(path)).text) | {"do": ["save"]}
    fields["text"], fields["reference"] = ["Why?"], ["Because of this. And of that."]
    assert "Give the bank a name." in (await browser.fill_in(path, fields, page=path)).text
    fields["title"], fields["bank_id"] = ["我的题库"], ["own"]
    assert "a bank with this id" in (await browser.fill_in(path, fields, page=path)).text
    fields["bank_id"] = ["notes"]
    reply = await browser.fill_in(path, fields, page=path)
    assert reply.headers["location"] == "/banks/notes"
    bank = read_bank(banks / "notes.md")
    assert (bank.title, [one.id for one in bank.questions]) == ("我的题库", ["notes-01"])
    assert len(bank.questions[0].key_points) == 2


async def test_a_file_edited_by_hand_is_in_force_at_the_next_request(
    browser: Browser, house: House, banks: Path
) -> None:
    store_bank(Bank("more", "More", "zh", CHINESE), banks / "more.md")
    assert "More" in (await browser.get("/banks")).text
    assert house.holdings.room.find("scheduling").id == "scheduling"
    (banks / "more.md").write_bytes(b"\0")
    page = (await browser.get("/banks")).text
    assert "More" in page
    assert "stays in force" in page
    (banks / "more.md").unlink()
    assert "stays in force" not in (await browser.get("/banks")).text
    assert (await browser.get("/banks/more")).status_code == 404


async def test_another_process_soon_knows(browser: Browser, house: House, home: Path) -> None:
    async with opened() as second, second.browser() as there:
        assert (await there.get("/banks/notes")).status_code == 404
        preview = (await upload(browser, "notes.md", NOTES.encode())).headers["location"]
        page = (await there.get(preview)).status_code
        assert page == 400
        await browser.fill_in(preview, {"basis": ""}, page=preview)
        assert (await there.get("/banks/notes")).status_code == 200
        assert "/banks/notes/" in (await there.get("/banks?q=Because A is so")).text


async def test_banks_that_a_setting_names_are_not_changed_here(
    house: House, monkeypatch: pytest.MonkeyPatch, banks: Path
) -> None:
    async with opened(bank=str(banks / "own.md")) as named, named.browser() as browser:
        page = (await browser.get("/banks/own/questions/backup-en")).text
        assert "/edit" not in page
        for path in ("/banks/-/import", "/banks/own/add", "/banks/-/new"):
            reply = await browser.get(path)
            assert reply.status_code == 403
            assert "MOCKINT_BANK" in reply.text


async def test_on_a_guarded_server_only_its_owner_changes_banks(house: House) -> None:
    async with opened(access_token="open-sesame-please", host="0.0.0.0") as guarded:
        word = {"authorization": "Bearer open-sesame-please"}
        async with guarded.browser() as visitor:
            assert (await visitor.get("/banks/own", headers=word)).status_code == 200
            assert (await visitor.get("/banks/-/import", headers=word)).status_code == 403
            reply = await visitor.post("/banks/own/remove", data={}, headers=word)
            assert reply.status_code == 403
        async with guarded.browser() as owner:
            await owner.get(guarded.link())
            assert (await owner.get("/banks/-/import")).status_code == 200
