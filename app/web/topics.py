"""What there is to choose from on the start page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.question import Question
from app.web.languages import Language


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and how many questions it has."""

    name: str
    questions: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A language of the banks with its topics, most questions first."""

    language: Language
    questions: int
    topics: tuple[Topic, ...]


def choices_of(questions: Sequence[Question], first: Language) -> tuple[Choice, ...]:
    """Languages that questions can be asked in, the page's own first."""
    made = (_choice(questions, language) for language in sorted(Language, key=first.__ne__))
    return tuple(choice for choice in made if choice.questions)


def _choice(questions: Sequence[Question], language: Language) -> Choice:
    spoken = [one for one in questions if one.language.split("-")[0] == language]
    counted = Counter(one.topic for one in spoken if one.topic)
    topics = tuple(Topic(name, count) for name, count in counted.most_common())
    return Choice(language, len(spoken), topics)
