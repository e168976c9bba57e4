"""From a question and an answer to the requests that a judging model gets."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.assessment import Verdict
from app.domain.question import KeyPoint, Question
from app.grading.rubric.fence import fence
from app.grading.rubric.reply import AgainReply, FollowUpReply, GradeReply, Problem, strict_schema
from app.llm.base import ChatRequest, Message
from app.resources import resource_dir

LANGUAGES = ("zh", "en")
GRADE = "grade_answer"
AGAIN = "judge_key_points_again"
APPEAL = "judge_appeal"
FOLLOW_UP = "ask_follow_up"
SUMMARY = "summarise_session"


class CandidateText:
    """The candidate's words on their way into a prompt.

    It has no text of its own: a template that prints it without the fence filter fails.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        raise TypeError("the candidate's text goes into a prompt through the fence filter only")

    def fenced(self) -> str:
        """The text as data between tags."""
        return fence(self._text)


class Prompts:
    """The prompt templates of one folder, `LANGUAGE/verb_noun.role.md.j2`."""

    def __init__(self, directory: Path | None = None, *, max_tokens: int = 4096) -> None:
        self._directory = directory or resource_dir("prompts")
        self._max_tokens = max_tokens
        self._systems: dict[tuple[str, str], str] = {}

    @property
    def environment(self) -> Environment:
        """A Jinja2 environment for prompts alone: strict, and never escaping."""
        return _environment(self._directory)

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the digest over names and contents of all templates that judge."""
        digest = hashlib.sha256()
        for path in sorted(self._directory.glob("*/*.j2")):
            if path.name.startswith((FOLLOW_UP, SUMMARY)):
                continue
            digest.update(path.relative_to(self._directory).as_posix().encode() + b"\0")
            digest.update(path.read_text(encoding="utf-8").encode() + b"\0")
        return f"sha256:{digest.hexdigest()}"

    def grade(self, question: Question, answer: str, problem: Problem | None = None) -> ChatRequest:
        """Ask for verdicts on all key points, findings and feedback.

        `problem` says what was wrong with the reply before, where there was one.
        """
        return self._request(
            GRADE,
            question,
            question.key_points,
            answer,
            strict_schema(GradeReply),
            {"problem": problem},
        )

    def again(self, question: Question, points: Sequence[KeyPoint], answer: str) -> ChatRequest:
        """Ask for a second look at some key points."""
        schema = strict_schema(AgainReply)
        return self._request(AGAIN, question, points, answer, schema, {"problem": None})

    def appeal(
        self, question: Question, point: KeyPoint, answer: str, argument: str
    ) -> ChatRequest:
        """Ask for a verdict on one key point of an answer, the candidate's objection in view."""
        schema = strict_schema(AgainReply)
        more = {"argument": CandidateText(argument)}
        return self._request(APPEAL, question, [point], answer, schema, more)

    def follow_up(
        self, question: Question, point: KeyPoint, verdict: Verdict | None, answer: str
    ) -> ChatRequest:
        """Ask for a follow-up question that leads to a key point.

        Without a verdict, for one that does not let on how the answer was judged.
        """
        schema = strict_schema(FollowUpReply)
        more = {"verdict": None if verdict is None else verdict.value}
        return self._request(FOLLOW_UP, question, [point], answer, schema, more)

    def summary(self, figures: str, language: str) -> ChatRequest:
        """Ask for a short summary of figures (JSON), which hold no words of the candidate's."""
        spoken = prompt_language(language)
        return ChatRequest(
            messages=(
                Message("system", self._system(SUMMARY, spoken)),
                Message("user", self._render(SUMMARY, "user", spoken, {"figures": figures})),
            ),
            max_tokens=self._max_tokens,
        )

    def instructions(self, language: str) -> tuple[str, ...]:
        """The system messages of all tasks, the same for every question and answer."""
        return tuple(self._system(name, prompt_language(language)) for name in (GRADE, AGAIN))

    def _system(self, name: str, language: str) -> str:
        key = (name, language)
        if key not in self._systems:
            self._systems[key] = self._render(name, "system", language, {})
        return self._systems[key]

    def _request(
        self,
        name: str,
        question: Question,
        points: Sequence[KeyPoint],
        answer: str,
        schema: dict[str, Any],
        more: Mapping[str, object],
    ) -> ChatRequest:
        language = prompt_language(question.language)
        values = {
            "question": question.text,
            "key_points": points,
            "reference": question.reference.strip() if question.has_own_reference else "",
            "answer": CandidateText(answer),
            **more,
        }
        return ChatRequest(
            messages=(
                Message("system", self._system(name, language)),
                Message("user", self._render(name, "user", language, values)),
            ),
            schema_name=name,
            schema=schema,
            max_tokens=self._max_tokens,
        )

    def _render(self, name: str, role: str, language: str, values: dict[str, Any]) -> str:
        template = self.environment.get_template(f"{language}/{name}.{role}.md.j2")
        return template.render(values).strip() + "\n"


def prompt_language(language: str) -> str:
    """The language of the templates for a question's language tag; English where none fits."""
    primary = language.split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


@cache
def _environment(directory: Path) -> Environment:
    """One a folder, so that each template is compiled once in a process."""
    environment = Environment(
        loader=FileSystemLoader(directory),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - prompts are plain text and never reach a browser
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fence"] = CandidateText.fenced
    return environment
