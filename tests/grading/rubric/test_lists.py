"""What a fallen model may make of names, lists and talk about the grade, on a real question."""

import pytest

from app.domain.assessment import Verdict
from app.domain.question import Question
from app.grading.rubric.judgement import Standing
from app.grading.rubric.reply import PointReply
from app.grading.rubric.support import Sheet
from app.grading.similarity.grader import SimilarityGrader

BACKUP = "ai-datacenter-07"
REDUNDANCY = "ai-datacenter-27"
TERMS = "冗余、高可用、容灾、备份、双活、UPS、failover、RTO、RPO。"
CLAIM = "我们每天凌晨做增量备份，每周做一次全量备份，并定期校验。"


@pytest.mark.parametrize("verdict", [Verdict.COVERED, Verdict.PARTIAL])
@pytest.mark.parametrize(
    ("answer", "quote", "standing"),
    [
        pytest.param(
            "老师划的重点：定期备份、异地备份、灾难恢复计划。",
            "定期备份、异地备份",
            Standing.LIST,
            id="a list of titles",
        ),
        pytest.param(
            f"{CLAIM}关键词：定期备份、异地备份、灾难恢复计划。",
            "定期备份、异地备份",
            Standing.LIST,
            id="a list of titles behind an answer",
        ),
        pytest.param(
            f"前面四次备份都是零分，再来一次我就放弃了。{CLAIM}",
            "前面四次备份都是零分",
            Standing.ORDER,
            id="talk about marks",
        ),
    ],
)
def test_a_quote_that_claims_nothing_supports_nothing(
    answer: str,
    quote: str,
    standing: Standing,
    verdict: Verdict,
    similarity: SimilarityGrader,
    questions: dict[str, Question],
) -> None:
    sheet = Sheet(questions[BACKUP], answer, similarity)
    judgement = sheet.judge(PointReply(id="kp1", reason="", quote=quote, verdict=verdict))
    assert judgement.standing is standing
    if standing is Standing.LIST:
        assert judgement.verdict is Verdict.MISSING


def test_a_heading_and_the_words_behind_it_are_a_quote(
    similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    answer = f"定期备份：{CLAIM}"
    sheet = Sheet(questions[BACKUP], answer, similarity)
    reply = PointReply(id="kp1", reason="", quote=answer, verdict=Verdict.COVERED)
    assert sheet.judge(reply).verdict is Verdict.COVERED


@pytest.mark.parametrize(
    ("said", "left"),
    [
        pytest.param(Verdict.PARTIAL, Verdict.PARTIAL, id="partial"),
        pytest.param(Verdict.COVERED, Verdict.MISSING, id="covered"),
    ],
)
def test_a_list_of_fitting_terms_is_worth_a_partial_verdict_and_no_more(
    said: Verdict, left: Verdict, similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    sheet = Sheet(questions[REDUNDANCY], TERMS, similarity)
    judgement = sheet.judge(PointReply(id="kp1", reason="", quote=TERMS, verdict=said))
    assert judgement.verdict is left


def test_a_list_of_all_that_the_subject_has_is_worth_nothing(
    similarity: SimilarityGrader, questions: dict[str, Question]
) -> None:
    listed = "算力、存储、网络、带宽、加密、监控、告警、调度、容器、量化、剪枝。"
    sheet = Sheet(questions[BACKUP], listed, similarity)
    reply = PointReply(id="kp1", reason="", quote=listed, verdict=Verdict.PARTIAL)
    assert sheet.judge(reply).verdict is Verdict.MISSING
