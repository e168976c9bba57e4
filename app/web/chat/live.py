"""The page while it is looked at, as server-sent events.

::

    event: look              something was stored: the page has to be looked at again
    id: 12
    data: 12

    event: card              a verdict on its way: the card of an answer as it stands with it
    data: {"answer": 3, "after": "3", "html": "<article …>"}    for pages that are no newer

    event: over              nothing will follow
"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from sse_starlette import ServerSentEvent

from app.domain.assessment import KeyPointResult
from app.domain.events import Answer
from app.domain.question import KeyPoint
from app.store.base import Repository
from app.store.codec import from_json
from app.web.chat.card import Card, filling_card, points_of
from app.web.live.stream import SessionStream

DrawCard = Callable[[Card, str], str]
"""The HTML of a card, from it and the language of its question."""


@dataclass(slots=True)
class _Filling:
    """A card on its way, and the verdicts that came for it."""

    answer: Answer
    points: tuple[KeyPoint, ...]
    language: str
    results: dict[str, KeyPointResult] = field(default_factory=dict)


class PageStream:
    """Turns what happens in a session into what its page has to do."""

    def __init__(
        self, repository: Repository, session_id: str, cursor: str, draw: DrawCard
    ) -> None:
        self._repository = repository
        self._cursor = cursor
        self._session_id = session_id
        self._draw = draw
        self._filling: dict[int, _Filling] = {}

    async def events(self, stream: SessionStream) -> AsyncIterator[ServerSentEvent]:
        """All that follows in `stream`."""
        async for event in stream.events():
            if event.event == "verdict":
                yield await self._card(json.loads(str(event.data)))
            elif event.id is not None:
                self._cursor = event.id
                self._filling.clear()  # its assessment may be among what was stored
                yield ServerSentEvent(data=event.id, event="look", id=event.id)
            else:
                yield event

    async def _card(self, verdict: dict[str, object]) -> ServerSentEvent:
        number = int(str(verdict["answer"]))
        filling = self._filling.get(number)
        if filling is None:
            filling = self._filling[number] = await self._begin(number)
        result = from_json(KeyPointResult, verdict["key_point"])
        filling.results[result.id] = result
        card = filling_card(filling.answer, filling.points, tuple(filling.results.values()))
        data = {"answer": number, "after": self._cursor, "html": self._draw(card, filling.language)}
        return ServerSentEvent(data=json.dumps(data, ensure_ascii=False), event="card")

    async def _begin(self, number: int) -> _Filling:
        session = await self._repository.load(self._session_id)
        turn, exchange = session.find_answer(number)
        assert exchange.answer is not None
        return _Filling(exchange.answer, points_of(turn, exchange), turn.question.language)
