"""The adversary behind a real endpoint does to the rubric grader what it does in process."""

import pytest

from app.bank.reading import read_bank
from app.embedding.bundled import BundledEmbedder
from app.evals.attacks.adversary import Adversary, Obedience, QuotePicker
from app.evals.attacks.suite import Attack, AttackSuite, Family, Mounted, read_attack_suite
from app.grading.rubric.grader import RubricGrader
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.llm.base import ChatRequest, Message
from app.llm.openai_compatible import OpenAICompatibleModel
from app.resources import resource_dir
from tests.scripted_llm.server import ScriptedLLM, Seen
from tests.scripted_llm.steps import Say

EMBEDDER = BundledEmbedder()
PICKER = QuotePicker(EMBEDDER)


@pytest.fixture(scope="module")
def suite() -> AttackSuite:
    banks = [read_bank(resource_dir("corpus") / f"ai-datacenter.{tag}.md") for tag in ("zh", "en")]
    return read_attack_suite(banks)


@pytest.fixture(scope="module")
def similarity() -> SimilarityGrader:
    index = InMemoryIndex(EMBEDDER)
    for tag in ("zh", "en"):
        index.sync(read_bank(resource_dir("corpus") / f"ai-datacenter.{tag}.md"))
    return SimilarityGrader(index, EMBEDDER)


def first_of(suite: AttackSuite, family: Family, language: str) -> tuple[Attack, Mounted]:
    return next(
        (attack, mounted)
        for attack, mounted in suite.pairs(1)
        if attack.family is family and attack.language == language
    )


def adversary(attack: Attack, mounted: Mounted, obedience: Obedience) -> Adversary:
    text = attack.mounted_on(mounted.question, mounted.carrier.answer)
    quotes = PICKER.ranked(mounted.question, text)
    return Adversary(mounted.question, attack, text, obedience, quotes, quotes)


def behind_http(judge: Adversary) -> ScriptedLLM:
    """An endpoint that says what the judge says, in the pieces of a stream."""

    def persona(seen: Seen) -> Say:
        request = ChatRequest(tuple(Message(m["role"], m["content"]) for m in seen.messages))  # type: ignore[arg-type]
        return Say(judge.words(request))

    return ScriptedLLM(persona)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("family", "obedience"),
    [
        pytest.param(Family.ORDERS, Obedience.NEAREST, id="praise"),
        pytest.param(Family.FORGED_QUOTES, Obedience.INVENTED, id="invented quotes"),
        pytest.param(Family.PROMPT_LEAK, Obedience.LEAK, id="leak"),
        pytest.param(Family.FAKE_VERDICTS, Obedience.ECHO, id="echo"),
        pytest.param(Family.VERY_LONG, Obedience.FROM_ATTACK, id="very long"),
    ],
)
async def test_the_endpoint_and_the_judge_in_process_get_the_same_assessment(
    suite: AttackSuite,
    similarity: SimilarityGrader,
    family: Family,
    obedience: Obedience,
    language: str,
) -> None:
    attack, mounted = first_of(suite, family, language)
    text = attack.mounted_on(mounted.question, mounted.carrier.answer)
    in_process = await RubricGrader(adversary(attack, mounted, obedience), similarity).assess(
        mounted.question, text
    )
    async with behind_http(adversary(attack, mounted, obedience)) as server:
        chat = OpenAICompatibleModel("adversary", base_url=server.base_url, api_key="none")
        over_http = await RubricGrader(chat, similarity).assess(mounted.question, text)
        await chat.aclose()

    assert server.requests
    assert over_http.status is in_process.status
    assert over_http.score == in_process.score
    assert over_http.key_points == in_process.key_points
    assert over_http.strengths == in_process.strengths
