"""The chat page as it comes from the server, and its forms without any script."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from lxml import html

from app.domain.events import SessionMode, Wishes
from app.interview.opening import open_interview
from tests.cli.material import CHINESE, ENGLISH
from tests.web.browsing import Browser, House, opened

GOOD = "先做定期备份，全量加增量；再做异地备份，副本放到另一座城市；恢复预案要写好。"


class Chat:
    """Somebody without scripts at the page of an interview."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser = browser
        self.path = path
        self.page = html.fromstring("<p></p>")
        self.status = 0

    async def look(self) -> "Chat":
        return self._show(await self.browser.get(self.path))

    async def press(self, selector: str, **fields: str) -> "Chat":
        """Press a button with what its form holds, and `fields` filled in."""
        (button,) = self.page.cssselect(selector)
        form = self._form_of(button)
        data = {name: value for name, value in form.form_values() if name not in fields}
        data |= self._fields_elsewhere(form) | fields
        if button.get("name"):
            data[button.get("name")] = button.get("value")
        address = button.get("formaction") or form.get("action")
        return self._show(await self.browser.post(address, data=data, follow_redirects=True))

    def _form_of(self, field: html.HtmlElement) -> html.FormElement:
        if field.get("form"):
            return self.page.get_element_by_id(field.get("form"))
        return next(one for one in field.iterancestors("form"))

    def _fields_elsewhere(self, form: html.FormElement) -> dict[str, str]:
        """What fields outside a form that name it hold."""
        named = self.page.cssselect(f"input[form='{form.get('id')}']")
        return {
            one.get("name"): one.get("value")
            for one in named
            if one.get("type") == "hidden" or one.get("checked") is not None
        }

    async def until(self, selector: str) -> "Chat":
        """Look again, as the page's own refresh does, until this is on it."""
        for _ in range(200):
            if self.page.cssselect(selector):
                return self
            await asyncio.sleep(0.05)
            await self.look()
        raise AssertionError(f"{selector} never came: {self.text()[-600:]}")

    def text(self, selector: str = "main") -> str:
        return " ".join(" ".join(one.itertext()) for one in self.page.cssselect(selector)).strip()

    def box(self) -> str:
        (area,) = self.page.cssselect("textarea[name=text]")
        return area.text or ""

    def _show(self, reply: object) -> "Chat":
        self.page = html.fromstring(reply.text)
        self.status = reply.status_code
        return self


async def chatting(
    house: House,
    browser: Browser,
    *,
    language: str = "zh",
    count: int = 2,
    mode: SessionMode = SessionMode.PRACTICE,
) -> Chat:
    await browser.get("/")
    repository = house.holdings.store.of(await house.owner_of(browser))
    questions = CHINESE if language == "zh" else ENGLISH
    wishes = Wishes(count=count, seed="as it comes")
    host = await open_interview(repository, questions, wishes, language=language, mode=mode)
    return await Chat(browser, f"/sessions/{host.session.id}").look()


@pytest.fixture
async def chat(house: House) -> AsyncIterator[Chat]:
    async with house.browser() as browser:
        yield await chatting(house, browser)


@pytest.fixture
async def answered(chat: Chat) -> Chat:
    await chat.press("#send", text=GOOD)
    return await chat.until(".card[data-state=graded]")


async def test_the_page_puts_the_question_and_says_who_grades_and_what_that_means(
    chat: Chat,
) -> None:
    assert chat.text(".question") == CHINESE[0].text
    assert "Graded by similarity only" in chat.text(".grader")
    assert "not whether what you say is true" in chat.text(".grader")
    for point in CHINESE[0].key_points:
        assert point.title not in chat.text()


async def test_an_answer_gets_a_card_with_its_own_words_marked(answered: Chat) -> None:
    assert answered.text(".words").replace(" ", "").translate(_NO_DIGITS) == GOOD
    assert [one.strip() for one in _texts(answered, ".chip-title")] == [
        point.title for point in CHINESE[0].key_points
    ]
    (first,) = answered.page.cssselect(".chip:first-child a.chip-face")
    (mark,) = answered.page.cssselect(first.get("href"))
    assert "定期备份" in "".join(mark.getparent().itertext())
    assert re.search(r"\d\.\d / 10", answered.text(".score-line").replace("  ", " "))
    assert "by similarity" in answered.text(".score")


async def test_the_page_has_the_browser_look_again_while_something_is_graded(chat: Chat) -> None:
    await chat.press("#send", text=GOOD)
    if chat.page.cssselect(".card[data-state=grading]"):
        assert chat.page.cssselect("noscript meta[http-equiv=refresh]")
    await chat.until(".card[data-state=graded]")
    assert not chat.page.cssselect("meta[http-equiv=refresh]")


async def test_a_hint_says_what_it_costs_before_and_after_and_keeps_the_text(chat: Chat) -> None:
    assert "at most 90%" in chat.text("button[name=hint]")
    await chat.press("button[name=hint]", text="才写了一半")
    assert chat.box() == "才写了一半"
    assert "90% of its points at most" in chat.text(".hint")
    assert "of 10, or 9." in chat.text(".hint")  # more than similarity gives, by one's own check
    assert "Hint 2 of 3" in chat.text("button[name=hint]")


@pytest.mark.parametrize("step", ["repeat", "explain"])
async def test_asking_for_the_question_again_keeps_the_text(chat: Chat, step: str) -> None:
    await chat.press(f"button[formaction$={step}]", text="才写了一半")
    assert chat.box() == "才写了一半"
    assert chat.text(".asked")


async def test_a_question_back_is_no_answer_until_the_candidate_says_so(chat: Chat) -> None:
    await chat.press("#send", text="什么意思？")
    assert "Shall I take this as your answer?" in chat.text("#doubt")
    assert chat.box() == "什么意思？"
    assert not chat.page.cssselect(".card")
    await chat.press("button[formaction$=say]")
    assert "什么意思？" in chat.text(".said")
    assert chat.text(".asked")
    assert chat.box() == ""
    await chat.press("#send", text="什么意思？")
    await chat.press("button[name=certain]")
    assert chat.page.cssselect(".card")


async def test_a_text_over_the_limit_is_refused_with_the_limit_and_kept(small_banks) -> None:
    async with opened(answer_limit=100) as house, house.browser() as browser:
        chat = await chatting(house, browser)
        text = "备份。\n" * 30
        await chat.press("#send", text=text.replace("\n", "\r\n"))
        assert chat.status == 413
        assert "120 characters; 100" in chat.text("#trouble")
        assert chat.box() == text


async def test_the_same_form_sent_twice_is_one_answer(chat: Chat) -> None:
    (form,) = chat.page.cssselect("form[data-box]")
    data = dict(form.form_values()) | {"text": GOOD}
    await asyncio.gather(*(chat.browser.post(form.get("action"), data=data) for _ in range(3)))
    await chat.look()
    assert len(chat.page.cssselect(".card")) == 1
    assert not chat.page.cssselect("#trouble")


async def test_another_text_of_an_old_window_is_refused_and_kept(chat: Chat) -> None:
    (form,) = chat.page.cssselect("form[data-box]")
    old = dict(form.form_values())
    await chat.press("#send", text=GOOD)
    data = old | {"text": "另一篇", "key": "k" * 16}
    reply = await chat.browser.post(form.get("action"), data=data)
    assert reply.status_code == 409
    assert "nothing was stored" in reply.text


async def open_check(chat: Chat) -> None:
    (link,) = chat.page.cssselect("a[data-key=c]")
    path = chat.path
    chat.path = f"{path}{link.get('href').partition('#')[0]}"
    await chat.look()
    chat.path = path


async def test_verdicts_can_be_settled_by_the_candidate(answered: Chat) -> None:
    await open_check(answered)
    assert len(answered.page.cssselect(".check-point")) == len(CHINESE[0].key_points)
    fields = {f"verdict:{point.id}": "covered" for point in CHINESE[0].key_points}
    await answered.press(".check .button-main", **fields)
    assert "10.0" in answered.text(".score-figure")
    assert "confirmed by the candidate" in answered.text(".score")
    assert "first:" in answered.text(".chip-was")


@pytest.mark.parametrize("step", ["next", "again"])
async def test_verdicts_set_and_not_confirmed_are_kept_with_any_other_step(
    answered: Chat, step: str
) -> None:
    await open_check(answered)
    fields = {f"verdict:{point.id}": "covered" for point in CHINESE[0].key_points}
    await answered.press(f".choices-form button[formaction$={step}]", **fields)
    assert answered.status == 200
    assert "10.0" in answered.text(".score-figure")
    assert "confirmed by the candidate" in answered.text(".score")


async def test_a_self_check_that_nobody_touched_is_no_confirmation(answered: Chat) -> None:
    await open_check(answered)
    await answered.press("button[formaction$=next]")
    assert "confirmed by the candidate" not in answered.text(".score")


async def test_verdicts_can_be_settled_when_the_interview_has_ended(answered: Chat) -> None:
    await answered.press("button[formaction$=end]")
    await open_check(answered)
    fields = {f"verdict:{point.id}": "covered" for point in CHINESE[0].key_points}
    await answered.press(".check .button-main", **fields)
    assert "confirmed by the candidate" in answered.text(".score")


async def test_an_attempt_is_compared_with_the_one_before(answered: Chat) -> None:
    await answered.press("button[formaction$=again]")
    assert answered.box() == GOOD
    await answered.press("#send", text=f"{GOOD}还要定期演练，不演练的备份等于没有备份。")
    await answered.until(".card[data-state=graded] .comparison")
    assert "→" in answered.text(".comparison h4")
    assert "演练" in answered.text(".comparison li")
    assert "Attempt 1" in answered.text("details.attempt-past > summary")
    (score,) = answered.page.cssselect("details.attempt-past > summary .turn-score")
    assert (
        score.text_content().split()[0] == answered.text(".comparison h4").split(": ")[1].split()[0]
    )
    assert len(answered.page.cssselect("details.attempt-past > summary time")) == 1
    assert len(answered.page.cssselect("details.attempt-past .card")) == 1


async def test_the_next_question_folds_up_the_one_before(answered: Chat) -> None:
    await answered.press("button[formaction$=next]")
    assert answered.text(".question") == CHINESE[1].text
    assert CHINESE[0].text in answered.text(".turn-past summary")


async def test_a_follow_up_has_a_box_and_a_card_of_its_own(answered: Chat) -> None:
    await answered.press("button[formaction$=follow-up]")
    assert answered.text(".asked-text")
    assert "Your answer to the follow-up" in answered.text("form[data-box] label")
    await answered.press("#send", text="每季度做一次演练，不演练的备份等于没有备份。")
    await answered.until(".asked ~ .card[data-state=graded]")
    assert "On this question you" in answered.text(".card")


async def test_the_reference_is_shown_on_demand(answered: Chat) -> None:
    await answered.press("form[action$=reference] button")
    assert CHINESE[0].reference in answered.text(".reference")


async def test_words_that_were_not_sent_are_not_left_behind(chat: Chat) -> None:
    await chat.press("button[formaction$=pause]", text="没发出去的")
    assert "not sent" in chat.text("#trouble")
    assert chat.box() == "没发出去的"


async def test_ending_leads_to_the_average_and_the_report(answered: Chat) -> None:
    await answered.press("button[formaction$=end]")
    assert "The interview has ended" in answered.text("#ended")
    assert answered.page.cssselect(f"#ended a[href='{answered.path}/report']")
    assert not answered.page.cssselect("textarea[name=text]")


async def test_an_interview_shows_no_verdict_before_its_end(house: House) -> None:
    async with house.browser() as browser:
        chat = await chatting(house, browser, count=1, mode=SessionMode.INTERVIEW)
        assert "Verdicts come when the interview has ended" in chat.text(".grader")
        assert not chat.page.cssselect("a[data-key=c], .chip")
        await chat.press("#send", text=GOOD)
        assert len(chat.page.cssselect(".asked-text")) == 1
        assert not chat.page.cssselect("a[data-key=c], .chip, .score, button[formaction$=again]")
        await chat.press("#send", text="每季度演练一次恢复。")
        told = chat.page.cssselect("a[data-key=c], .chip, .score, button[formaction$=again]")
        if not chat.page.cssselect("#ended"):
            assert not told
            await chat.press("#send", text="不知道")
        await chat.until("#ended")
        await chat.until(".card[data-state=graded] .chip")


async def test_a_reader_that_comes_back_hears_only_of_what_it_has_not_seen(answered: Chat) -> None:
    await answered.press("button[formaction$=end]")
    everything = await looks(answered, "0")
    assert everything == sorted(everything)
    seen = everything[-2]
    assert await looks(answered, "0", {"Last-Event-ID": str(seen)}) == [everything[-1]]
    over = await answered.browser.get(f"{answered.path}/live?after={everything[-1]}")
    assert over.status_code == 204


async def looks(chat: Chat, after: str, headers: dict[str, str] | None = None) -> list[int]:
    """The ids of the events of a session that is over."""
    reply = await chat.browser.get(f"{chat.path}/live?after={after}", headers=headers)
    lines = reply.text.splitlines()
    assert "event: over" in lines[-3:]
    return [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]


async def test_the_page_of_somebody_else_is_not_there(chat: Chat, house: House) -> None:
    async with house.browser() as stranger:
        reply = await stranger.get(chat.path)
    assert reply.status_code == 404
    assert CHINESE[0].text not in reply.text


async def test_the_page_speaks_the_readers_language_about_questions_in_another(
    house: House,
) -> None:
    async with house.browser(language="zh-CN") as browser:
        chat = await chatting(house, browser, language="en")
        assert "只按相似度评分" in chat.text(".grader")
        (question,) = chat.page.cssselect(".question")
        assert question.get("lang") == "en"


def _texts(chat: Chat, selector: str) -> list[str]:
    return ["".join(one.itertext()) for one in chat.page.cssselect(selector)]


_NO_DIGITS = str.maketrans("", "", "0123456789")
