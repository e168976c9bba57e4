import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.assessment import Usage
from app.errors import ChatModelError, RecordingMissing
from app.llm.base import ChatReply, ChatRequest, OnText
from app.llm.recording import RecordingModel, ReplayModel, recording_files


class Parrot:
    """Answers with a fixed reply and remembers the requests."""

    name = "parrot-1"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        self.requests.append(request)
        return ChatReply("早上好", "parrot-1-2026", False, Usage(1, 10, 3, 2))

    async def aclose(self) -> None:
        pass


async def test_a_recorded_reply_is_replayed_word_for_word(
    tmp_path: Path, request_: ChatRequest
) -> None:
    live = await RecordingModel(Parrot(), tmp_path / "new").reply(request_)
    heard: list[str] = []

    replayed = await ReplayModel(tmp_path / "new").reply(request_, heard.append)

    assert replayed == live
    assert heard == ["早上好"]


async def test_a_recording_is_one_readable_file_named_by_the_digest(
    tmp_path: Path, request_: ChatRequest
) -> None:
    await RecordingModel(Parrot(), tmp_path).reply(request_)

    (path,) = recording_files(tmp_path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == f"{request_.digest('parrot-1')}.json"
    assert kept["messages"][1] == {"role": "user", "content": "Say a word."}
    assert (kept["model"], kept["answered_by"], kept["text"]) == (
        "parrot-1",
        "parrot-1-2026",
        "早上好",
    )
    assert kept["usage"]["prompt_tokens"] == 10
    assert kept["date"].endswith("+00:00")
    assert "早上好" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"messages": ()}, id="messages"),
        pytest.param({"schema": None}, id="schema"),
        pytest.param({"temperature": 0.5}, id="temperature"),
        pytest.param({"max_tokens": 65}, id="limit"),
        pytest.param({"draw": 1}, id="draw"),
    ],
)
async def test_another_request_is_a_miss_that_names_its_digest(
    tmp_path: Path, request_: ChatRequest, change: dict[str, object]
) -> None:
    await RecordingModel(Parrot(), tmp_path).reply(request_)
    other = replace(request_, **change)

    with pytest.raises(RecordingMissing, match=other.digest("parrot-1")) as caught:
        await ReplayModel(tmp_path).reply(other)

    assert "--record" in caught.value.remedy


async def test_another_model_is_a_miss(tmp_path: Path, request_: ChatRequest) -> None:
    await RecordingModel(Parrot(), tmp_path).reply(request_)

    with pytest.raises(RecordingMissing):
        await ReplayModel(tmp_path, "parrot-2").reply(request_)


async def test_unused_recordings_are_listed(tmp_path: Path, request_: ChatRequest) -> None:
    recorder = RecordingModel(Parrot(), tmp_path)
    await recorder.reply(request_)
    await recorder.reply(replace(request_, draw=1))
    replay = ReplayModel(tmp_path)

    await replay.reply(request_)

    unused = replace(request_, draw=1).digest("parrot-1")
    assert [path.stem for path in replay.unused()] == [unused]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[:40], id="cut"),
        pytest.param(lambda text: text.replace('"draw"', '"drew"'), id="unknown field"),
        pytest.param(lambda text: text.replace('"digest": "', '"digest": "0'), id="other digest"),
    ],
)
async def test_a_spoilt_recording_is_an_error_with_its_file(
    tmp_path: Path, request_: ChatRequest, spoil
) -> None:
    await RecordingModel(Parrot(), tmp_path).reply(request_)
    (path,) = recording_files(tmp_path)
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(RecordingMissing, match=path.name):
        await ReplayModel(tmp_path, "parrot-1").reply(request_)


def test_replaying_from_nothing_says_how_to_record(tmp_path: Path) -> None:
    with pytest.raises(RecordingMissing, match="no recordings") as caught:
        ReplayModel(tmp_path / "absent")

    assert "--record" in caught.value.remedy


async def test_a_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, request_: ChatRequest
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ChatModelError, match="could not be recorded"):
        await RecordingModel(Parrot(), tmp_path / "file" / "recordings").reply(request_)
