"""The chat model of somebody who may ask none any more today."""

from app.errors import AllowanceSpent
from app.llm.base import ChatReply, ChatRequest, OnText


class SpentModel:
    """Bears the configured model's name and refuses every request."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """See `ChatModel`."""
        return self._name

    async def reply(
        self,
        request: ChatRequest,  # noqa: ARG002 - the seam's
        on_text: OnText | None = None,  # noqa: ARG002 - the seam's
    ) -> ChatReply:
        """Raise AllowanceSpent."""
        raise AllowanceSpent(
            "Today's share of the language model is used up.",
            "Have it graded again tomorrow (UTC).",
        )

    async def aclose(self) -> None:
        """Nothing is held."""
