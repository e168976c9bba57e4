"""The interview at the keyboard: question after question, then the summary."""

from app.cli.drafts import Drafts
from app.cli.round import Finished, Left, Round
from app.cli.screen.box import Box
from app.cli.screen.closing import summary_lines
from app.cli.screen.question import question_lines
from app.cli.stage import Stage
from app.cli.warm_up import WarmUp
from app.domain.question import Question
from app.grading.grader import Grader
from app.interview.plan import Plan
from app.interview.summary import AskedQuestion, summarise


def hold_interview(plan: Plan, stage: Stage, grader: WarmUp[Grader], drafts: Drafts) -> bool:
    """Ask every question of the plan and sum up. False if the person left with Ctrl-C.

    The answer box opens, and the grader begins to warm up, once the first question is on the
    screen. What was answered is summed up whatever ends the interview.
    """
    asked: list[AskedQuestion] = []
    current: Question | None = None
    box: Box | None = None
    count = len(plan.questions)
    try:
        for number, current in enumerate(plan.questions, start=1):
            stage.blank()
            stage.show(question_lines(current, number, count, stage.look))
            stage.blank()
            if box is None:
                box = stage.open_box()
                grader.start()
            _play(Round(current, stage, grader, drafts), box, asked, last=number == count)
    except (Left, KeyboardInterrupt):
        if current is not None:
            _farewell(current, stage, drafts)
        return False
    except Finished:
        pass
    finally:
        _sum_up(asked, stage)
    return True


def _play(one: Round, box: Box, asked: list[AskedQuestion], *, last: bool) -> None:
    try:
        one.play(box, last=last)
    finally:
        if one.asked is not None:
            asked.append(one.asked)


def _farewell(question: Question, stage: Stage, drafts: Drafts) -> None:
    say = stage.look.say
    stage.blank()
    if drafts.recall(question.id):
        stage.tell(say("Left. What you wrote is kept; the next mockint ask brings it back."))
    else:
        stage.tell(say("Left. Nothing unsent was in the box."))


def _sum_up(asked: list[AskedQuestion], stage: Stage) -> None:
    if asked:
        stage.blank()
        stage.show(summary_lines(asked, summarise(asked), stage.look))
