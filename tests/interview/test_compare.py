"""What a second attempt gained and lost."""

from app.interview.compare import compare
from tests.cli.material import CHINESE, grade

QUESTION = CHINESE[0]


def test_gains_and_losses_are_named_key_point_by_key_point() -> None:
    before = grade(QUESTION, "定期备份，一点异地备份")
    after = grade(QUESTION, "异地备份，恢复预案，不演练")
    comparison = compare(before, after)
    assert comparison is not None
    assert [change.after.title for change in comparison.gained] == ["异地备份", "恢复预案"]
    assert [change.after.title for change in comparison.lost] == ["定期备份", "演练"]
    assert (comparison.before, comparison.after) == (before.score, after.score)


def test_the_same_verdicts_change_nothing() -> None:
    comparison = compare(grade(QUESTION, "定期备份"), grade(QUESTION, "我们做定期备份"))
    assert comparison is not None
    assert not comparison.gained
    assert not comparison.lost


def test_what_was_not_graded_is_not_compared() -> None:
    graded = grade(QUESTION, "定期备份")
    assert compare(graded, grade(QUESTION, "定期备份", failed=True)) is None
    assert compare(grade(QUESTION, "定期备份", failed=True), graded) is None
