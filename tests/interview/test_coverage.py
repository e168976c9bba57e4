import pytest

from app.domain.question import Question
from app.embedding.bundled import BundledEmbedder
from app.index.in_memory import InMemoryIndex
from app.interview.coverage import Nearness, cover, look_up
from app.interview.draw import Draw, Familiar
from app.store.rows import AskedRow
from tests.interview.requirement_pieces import NOT_SERVED, SERVED
from tests.store.made import NOON


def nearness(*similarities: dict[str, float], floor: float = 0.4) -> Nearness:
    names = tuple(f"r{number}" for number in range(len(similarities)))
    return Nearness(names, similarities, floor)


def bank(*names: str, **variants: str) -> dict[str, Question]:
    return {
        name: Question(id=name, text=f"{name}?", variants=variants.get(name, "")) for name in names
    }


def draw(questions: dict[str, Question], *asked: AskedRow) -> Draw:
    return Draw("seed", Familiar(questions.values(), asked))


def test_the_question_that_serves_the_most_requirements_comes_first() -> None:
    allowed = bank("one", "both")
    near = nearness({"one": 0.9, "both": 0.7}, {"both": 0.7})
    found = cover(near, allowed, draw(allowed), count=1)
    assert [service.question.id for service in found.services] == ["both"]
    assert (found.unmet, found.left_over) == ((), ())


def test_each_question_is_told_which_requirement_it_serves() -> None:
    allowed = bank("a", "b")
    found = cover(nearness({"a": 0.8}, {"b": 0.7}), allowed, draw(allowed), count=5)
    assert [(one.question.id, one.requirement, one.similarity) for one in found.services] == [
        ("a", "r0", 0.8),
        ("b", "r1", 0.7),
    ]


def test_what_no_question_serves_is_told_from_what_found_no_room() -> None:
    allowed = bank("a", "b")
    near = nearness({"a": 0.9}, {"b": 0.6}, {"a": 0.39, "b": 0.1}, {"elsewhere": 0.9})
    found = cover(near, allowed, draw(allowed), count=1)
    assert [one.question.id for one in found.services] == ["a"]
    assert found.left_over == ("r1",)
    assert found.unmet == ("r2", "r3")


def test_a_question_asked_lately_gives_way_to_another_that_serves_as_well() -> None:
    allowed = bank("fresh", "lately")
    near = nearness({"lately": 0.9, "fresh": 0.7})
    lately = AskedRow("lately", 1, 0, NOON)
    found = cover(near, allowed, draw(allowed, lately), count=1)
    assert [one.question.id for one in found.services] == ["fresh"]
    found = cover(nearness({"lately": 0.9}), allowed, draw(allowed, lately), count=1)
    assert [one.question.id for one in found.services] == ["lately"]


def test_two_variants_never_serve_in_one_interview() -> None:
    allowed = bank("a", "b", "c", a="same", b="same")
    near = nearness({"a": 0.9, "b": 0.85, "c": 0.5})
    found = cover(near, allowed, draw(allowed), count=3)
    assert [one.question.id for one in found.services] == ["a", "c"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_floor_tells_what_the_shipped_bank_serves(
    index: InMemoryIndex, embedder: BundledEmbedder, questions: tuple[Question, ...], language: str
) -> None:
    allowed = {one.id: one for one in questions if one.language == language}
    pieces = (*SERVED[language], *NOT_SERVED[language])
    near = look_up(pieces, index, embedder)
    found = cover(near, allowed, draw(allowed), count=40)
    assert set(found.unmet) == set(NOT_SERVED[language])


def test_a_requirement_finds_the_question_about_it(
    index: InMemoryIndex, embedder: BundledEmbedder, questions: tuple[Question, ...]
) -> None:
    allowed = {one.id: one for one in questions if one.language == "en"}
    wanted = {
        "Cope with vanishing and exploding gradients": "ai-datacenter-38-en",
        "Knows what to do about overfitting": "ai-datacenter-37-en",
        "Experience in parallelising models across GPUs": "ai-datacenter-39-en",
    }
    near = look_up(tuple(wanted), index, embedder)
    found = cover(near, allowed, draw(allowed), count=3)
    assert {one.requirement: one.question.id for one in found.services} == wanted
