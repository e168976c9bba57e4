"""What holds for every answer that the similarity grader can meet."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.assessment import Verdict
from app.domain.question import Question
from app.evals.edits import Editor, Harmless, negated, read_synonyms
from app.grading.guard import SCORE_CAPS, Guarded
from app.grading.similarity.grader import SimilarityGrader
from app.resources import resource_dir

Questions = dict[str, Question]

BACKUP = "ai-datacenter-07"
SAID = (
    "每天做增量备份，每周做全量",
    "异地再存一份，机房整体失效时数据仍在",
    "灾难恢复计划写明步骤和负责人，定期演练",
    "Encrypt every copy",
    "嗯，那个，我想想",
    "不需要定期备份",
    "五花肉切块焯水",
    "RPO",
    "不知道",
)
answers = st.lists(st.sampled_from(SAID), min_size=1, max_size=6).map("。".join)
real_grader = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@real_grader
@given(answer=answers, order=st.permutations(range(3)))
@example(answer="。".join([SAID[0], SAID[0]]), order=[2, 0, 1])  # windows that say the same
def test_the_order_of_key_points_changes_nothing(
    answer: str, order: list[int], similarity: SimilarityGrader, questions: Questions
) -> None:
    question = questions[BACKUP]
    turned = replace(question, key_points=tuple(question.key_points[place] for place in order))
    plain, other = similarity.view(question, answer), similarity.view(turned, answer)
    assert other.score == plain.score
    assert other.guard == plain.guard
    before = {point.id: (point.verdict, point.window) for point in plain.key_points}
    assert {point.id: (point.verdict, point.window) for point in other.key_points} == before


@real_grader
@given(answer=answers, more=st.text(st.characters(), max_size=80))
@example(answer=SAID[0], more="\ud800")
@example(answer=SAID[0], more="```\n")
@example(answer=SAID[0], more="并不是")
def test_adding_text_breaks_nothing_and_quotes_stay_verbatim(
    answer: str, more: str, similarity: SimilarityGrader, questions: Questions
) -> None:
    text = answer + more
    view = similarity.view(questions[BACKUP], text)
    assert 0.0 <= view.score <= 7.9
    for point in view.key_points:
        if point.window:
            assert text[point.window.start : point.window.end] == point.window.quote


@real_grader
@given(answer=answers)
def test_caps_hold_and_no_answer_that_is_none_covers_anything(
    answer: str, similarity: SimilarityGrader, questions: Questions
) -> None:
    view = similarity.view(questions[BACKUP], answer)
    if view.guard:
        assert view.score <= SCORE_CAPS[view.guard.kind]
        assert Verdict.COVERED not in [point.verdict for point in view.key_points]


@real_grader
@given(answer=answers)
def test_the_verdict_follows_coverage_unless_contradicted(
    answer: str, similarity: SimilarityGrader, questions: Questions
) -> None:
    ranks = {Verdict.MISSING: 0, Verdict.PARTIAL: 1, Verdict.COVERED: 2}
    view = similarity.view(questions[BACKUP], answer)
    plain = [point for point in view.key_points if point.verdict is not Verdict.CONTRADICTED]
    plain.sort(key=lambda point: point.coverage)
    order = [ranks[point.verdict] for point in plain]
    assert order == sorted(order)
    for point in view.key_points:
        assert (point.verdict is Verdict.CONTRADICTED) <= (point.reversal == 1.0)


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        pytest.param(BACKUP, SAID[:3], id="zh"),
        pytest.param(
            f"{BACKUP}-en",
            (
                "We take incremental backups every night and full ones every week",
                "A copy is kept off site, in another city",
                "The disaster recovery plan names the steps and is rehearsed each quarter",
            ),
            id="en",
        ),
    ],
)
def test_denying_a_sentence_that_carried_a_key_point_lowers_the_score(
    question: str, sentences: tuple[str, ...], similarity: SimilarityGrader, questions: Questions
) -> None:
    asked = questions[question]
    stop = ". " if asked.language == "en" else "。"
    answer = "".join(sentence + stop for sentence in sentences)
    before = similarity.view(asked, answer)
    carried = [point for point in before.key_points if point.verdict is Verdict.COVERED]
    assert carried
    for point in carried:
        assert point.window is not None
        after = similarity.view(asked, negated(answer, point.window, asked.language))
        assert after.score < before.score - 0.5
        (same,) = (other for other in after.key_points if other.id == point.id)
        assert same.coverage < 0.3


@pytest.mark.parametrize("edit", list(Harmless))
def test_edits_that_change_no_claim_hardly_move_the_score(
    edit: Harmless, similarity: SimilarityGrader, questions: Questions
) -> None:
    editor = Editor(read_synonyms(resource_dir("evals") / "synonyms.yaml"))
    answer = "。".join(SAID[:3]) + "。另外，备份必须加密，避免泄露。"
    before = similarity.view(questions[BACKUP], answer)
    after = similarity.view(questions[BACKUP], editor.harmless(edit, answer, "zh"))
    assert abs(after.score - before.score) <= 0.5


NOT_DONE = "我们从来不做定期备份，也不把备份放到异地，更没有灾难恢复计划。"
NOT_NEEDED = "不需要定期备份。备份不必放异地。灾难恢复计划用不着写。"
DENIED = "这种说法是错的，并不是要定期备份、异地备份、写灾难恢复计划。"
TERMS = "备份 异地 容灾 演练 增量 全量 RTO RPO"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(NOT_DONE, None, id="not done"),
        pytest.param(NOT_NEEDED, None, id="not needed"),
        pytest.param(DENIED, None, id="denied as a whole"),
        pytest.param(TERMS, Guarded.KEYWORDS_ONLY, id="bare terms"),
    ],
)
def test_blatant_denials_and_bare_terms_earn_next_to_nothing(
    answer: str, kind: Guarded | None, similarity: SimilarityGrader, questions: Questions
) -> None:
    view = similarity.view(questions[BACKUP], answer)
    assert view.score <= 1.0
    assert Verdict.COVERED not in [point.verdict for point in view.key_points]
    assert (view.guard.kind if view.guard else None) is kind
