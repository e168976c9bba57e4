"""Commands, drafts and answers: what comes from the person."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.shelf import Shelf
from app.cli.commands import (
    CHOICE_WORDS,
    WORDS,
    Action,
    bare_command,
    begins_command,
    choice_of,
    command_of,
    is_command,
)
from app.cli.interview.answers import answer_from, clean
from app.cli.interview.choosing import Agenda, one_question, plan_at_once
from app.cli.interview.drafts import Drafts
from app.domain.events import Wishes
from app.domain.question import Bank, KeyPoint, Question
from app.errors import QuestionNotFound
from app.interview.conversation import Choice


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param(":skip", Action.SKIP, id="English"),
        pytest.param("：跳过", Action.SKIP, id="Chinese, full-width colon"),
        pytest.param(" :Q \n", Action.QUIT, id="a letter, in capitals, with white space"),
        pytest.param(":参考答案", Action.REFERENCE, id="the long name"),
        pytest.param("skip", None, id="without a colon it is an answer"),
        pytest.param(":skip please", Action.SKIP, id="with a word more"),
        pytest.param("/help", Action.HELP, id="behind a slash"),
        pytest.param(":Hint!", Action.HINT, id="with an exclamation mark"),
        pytest.param("/etc/hosts 里写死", None, id="an answer that starts with a path"),
        pytest.param(":unknown", None, id="unknown"),
        pytest.param("：定期备份，异地备份", None, id="an answer that starts with a colon"),
        pytest.param(":\n:skip", None, id="more than one line"),
    ],
)
def test_a_command_is_one_word_behind_a_colon(text: str, command: Action | None) -> None:
    assert command_of(text) is command


def test_the_word_of_a_command_alone_raises_a_doubt_and_a_sentence_with_it_none() -> None:
    assert bare_command(" Skip ") is Action.SKIP
    assert bare_command("跳过") is Action.SKIP
    assert bare_command("skip lists find a key in log time") is None


def test_a_command_being_typed_is_no_draft() -> None:
    assert [begins_command(text) for text in (":", "：", ":sk", "：跳过")] == [True] * 4
    assert not begins_command("定期：")


def test_an_answer_that_starts_with_a_colon_is_no_command() -> None:
    assert not is_command("：定期备份，异地备份")


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        pytest.param("", Choice.FOLLOW_UP, id="Enter alone is the first"),
        pytest.param("N", Choice.NEXT, id="a capital letter"),
        pytest.param(" a ", Choice.AGAIN, id="with white space"),
        pytest.param("：退出", Choice.END, id="as a command"),
        pytest.param("参考", Choice.REFERENCE, id="a word"),
        pytest.param("g", None, id="not offered"),
        pytest.param("what", None, id="anything else"),
    ],
)
def test_a_menu_takes_letters_and_words(reply: str, choice: Choice | None) -> None:
    offered = (Choice.FOLLOW_UP, Choice.NEXT, Choice.AGAIN, Choice.REFERENCE, Choice.END)
    assert choice_of(reply, offered) is choice


@pytest.mark.parametrize("table", [WORDS, CHOICE_WORDS], ids=["commands", "menu"])
def test_no_word_means_two_things(table: dict[str, tuple[str, ...]]) -> None:
    words = [word for row in table.values() for word in row]
    assert len(words) == len(set(words))


@given(st.text(max_size=30), st.text(min_size=1, max_size=30).map(clean))
def test_a_draft_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, question_id: str, text: str
) -> None:
    drafts = Drafts(tmp_path_factory.mktemp("home"))
    assert drafts.keep(question_id, text)
    assert drafts.recall(question_id) == (text if text.strip() else "")


def test_the_draft_stored_last_is_the_latest(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    assert drafts.latest() is None
    drafts.keep("a", "one")
    drafts.keep("b", "two")
    drafts.keep("a", "three")
    latest = drafts.latest()
    assert latest is not None
    assert (latest.question_id, latest.text) == ("a", "three")
    drafts.forget("a")
    assert drafts.recall("a") == ""
    assert drafts.recall("b") == "two"


def test_an_emptied_box_leaves_no_draft(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep("a", "one")
    drafts.keep("a", " \n")
    assert drafts.latest() is None


def test_drafts_are_for_their_owner_only(tmp_path: Path) -> None:
    Drafts(tmp_path).keep("a/../../b", "one")
    folder = tmp_path / "drafts"
    files = list(folder.iterdir())
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_key_that_is_no_text_does_not_end_the_interview(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    assert drafts.keep("a", "caf\udce9")
    assert drafts.recall("a") == "caf\ufffd"


def test_a_damaged_draft_is_passed_over(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep("a", "one")
    drafts.keep("b", "two")
    newest = max((tmp_path / "drafts").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    newest.write_text("{", encoding="utf-8")
    latest = drafts.latest()
    assert latest is not None
    assert latest.text == "one"


def test_a_folder_that_takes_no_drafts_does_not_end_the_interview(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    drafts = Drafts(tmp_path / "file")
    assert not drafts.keep("a", "one")
    assert drafts.recall("a") == ""
    assert drafts.latest() is None
    drafts.forget("a")


def test_an_answer_argument_keeps_its_text_and_loses_only_what_is_no_text() -> None:
    assert answer_from(" a\r\nb\rc ") == " a\nb\nc "
    assert answer_from("caf\udce9") == "caf\ufffd"


def question(name: str, *, graded: bool = True) -> Question:
    points = (KeyPoint("kp1", "one"),) if graded else ()
    return Question(name, f"{name}?", key_points=points)


def test_a_question_without_key_points_cannot_be_asked() -> None:
    shelf = Shelf((Bank("b", questions=(question("a", graded=False), question("b"))),))
    assert one_question(" b ", shelf).questions[0].id == "b"
    with pytest.raises(QuestionNotFound, match="no key points"):
        one_question("a", shelf)


def test_the_question_left_unfinished_comes_first_unless_a_seed_decides() -> None:
    questions = [question(name) for name in "abcdefgh"]
    for seed in "1234":
        agenda = Agenda(Wishes(count=2, seed=seed), "zh")
        assert plan_at_once(questions, agenda, (), "e").questions[0].id == "e"
    agenda = Agenda(Wishes(count=2, seed="1"), "zh", repeatable=True)
    seeded = [plan_at_once(questions, agenda, (), name) for name in ("a", "e")]
    assert seeded[0] == seeded[1]
