"""One tiny real request, to see whether a language model answers."""

from app.llm.base import ChatModel, ChatReply, ChatRequest, Message

PROBE_SECONDS = 20.0
PROBE_TOKENS = 256
PROBE = ChatRequest((Message("user", "Reply with the one word: ready"),), max_tokens=PROBE_TOKENS)


async def probe(model: ChatModel) -> ChatReply:
    """What the model replies. Raises a ChatModelError where it does not."""
    return await model.reply(PROBE)
