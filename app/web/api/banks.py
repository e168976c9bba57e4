"""Question banks by JSON; files are sent as they are, in the body."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from app.bank.changing import replace_bank
from app.bank.exporting import BankForm, export_bank, question_record
from app.bank.findings import Rule, Severity
from app.domain.question import Bank
from app.errors import BankError
from app.index.searching import search_questions
from app.language.messages import translator
from app.web.api.replies import documented, errors, reply
from app.web.api.shapes import Shape
from app.web.banks.inspection import Inspection, inspect_upload
from app.web.banks.rights import Folder, MustBeChangeable, OneBank, OneQuestion
from app.web.banks.staging import Upload
from app.web.deps import Here, Tongue, Tools
from app.web.downloads import download

MOST_HITS = 100
OCTETS = "application/octet-stream"
FILE_TYPES = {
    BankForm.MARKDOWN: "text/markdown",
    BankForm.JSON: "application/json",
    BankForm.JSONL: "application/jsonl",
    BankForm.YAML: "application/yaml",
    BankForm.CSV: "text/csv",
}

router = APIRouter(prefix="/api/v1", tags=["banks"])


class BankRow(Shape):
    """A bank without its questions; `topics` counts questions."""

    id: str
    title: str
    language: str
    license: str
    questions: int
    key_points: int
    topics: dict[str, int]
    digest: str


class BankPoint(Shape):
    """One thing that a good answer says."""

    id: str
    title: str
    detail: str
    weight: float
    follow_up: str
    wordings: list[str]


class BankQuestion(Shape):
    """A question with all that its bank says of it; `bank import` reads the same shape."""

    id: str
    question: str
    topic: str
    difficulty: int
    language: str
    tags: list[str]
    variants: str
    reference: str
    key_points: list[BankPoint]


class BankHit(BankQuestion):
    """A question that was found, and the key point that was nearer than its text, if one was."""

    similarity: float
    found_by: str


class BankFinding(Shape):
    """One thing to look at in a bank."""

    rule: Rule
    severity: Severity
    line: int | None
    questions: list[str]
    similarity: float | None
    message: str
    remedy: str


class BankReport(Shape):
    """What there is to say about a file; nothing was kept.

    `problem` is why it cannot be kept, "" where it can. `basis` is to be sent with it then: the
    digest of the bank that it would replace, "" where it replaces none.
    """

    bank: BankRow
    findings: list[BankFinding]
    problem: str
    basis: str


FileBody = Annotated[bytes, Body(media_type=OCTETS, min_length=1, description="The file.")]
FileName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        description="The file's name; its ending says how to read it.",
        examples=["bank.md"],
    ),
]


@router.get(
    "/banks",
    operation_id="list_banks",
    summary="List banks",
    responses=documented(list[BankRow], "The banks in force.") | errors(),
)
async def list_banks(tools: Tools) -> Response:
    """The banks in force."""
    return reply([_row(bank) for bank in tools.shelf.banks])


@router.post(
    "/lint",
    operation_id="lint_bank",
    summary="Look a file over",
    responses=documented(BankReport, "What there is to say about it.") | errors(415, 502),
)
async def lint(
    name: FileName, data: FileBody, tools: Tools, folder: Folder, say: Tongue
) -> Response:
    """Read a bank from a file and report what makes it hard to grade fairly; nothing is kept."""
    upload = Upload("", name, data)
    told = translator("bank", say)
    found = await asyncio.to_thread(
        inspect_upload, upload, tools.shelf, folder, tools.embedder, told, say
    )
    return reply(_report(found))


@router.post(
    "/banks",
    operation_id="import_bank",
    summary="Import a file",
    status_code=201,
    responses=documented(BankRow, "The bank, which is in force now.", status=201)
    | errors(409, 415, 502),
    dependencies=[MustBeChangeable],
)
async def import_bank(
    name: FileName,
    data: FileBody,
    here: Here,
    folder: Folder,
    say: Tongue,
    basis: Annotated[
        str, Query(max_length=64, description="Of the report; empty for a new bank.")
    ] = "",
) -> Response:
    """Keep a file as a bank. 409 says that the bank it replaces is another than `basis`."""
    tools, upload = here.services, Upload("", name, data)
    told = translator("bank", say)
    found = await asyncio.to_thread(
        inspect_upload, upload, tools.shelf, folder, tools.embedder, told, say
    )
    if found.problem:
        raise BankError(found.problem, "Look it over first: POST /api/v1/lint.")
    await asyncio.to_thread(replace_bank, found.bank, folder, basis=basis, others=tools.shelf.banks)
    await here.banks.renewed()
    return reply(_row(found.bank), 201)


@router.get(
    "/banks/{bank_id}",
    operation_id="get_bank",
    summary="Look at a bank",
    responses=documented(BankRow, "The bank.") | errors(404),
)
async def get_bank(bank: OneBank) -> Response:
    """One bank without its questions."""
    return reply(_row(bank))


@router.get(
    "/banks/{bank_id}/questions",
    operation_id="list_questions",
    summary="List a bank's questions",
    responses=documented(list[BankQuestion], "In the bank's order.") | errors(404),
)
async def list_questions(
    bank: OneBank,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Questions with their key points."""
    return reply([question_record(one) for one in bank.questions[offset : offset + limit]])


@router.get(
    "/banks/{bank_id}/questions/{question_id}",
    operation_id="get_question",
    summary="Look at a question",
    responses=documented(BankQuestion, "The question.") | errors(404),
)
async def get_question(question: OneQuestion) -> Response:
    """One question with its key points."""
    return reply(question_record(question))


@router.get(
    "/banks/{bank_id}/file",
    operation_id="export_bank",
    summary="Take a bank as a file",
    responses=errors(404)
    | {
        200: {
            "description": "The file.",
            "content": {kind: {"schema": {}} for kind in FILE_TYPES.values()},
        }
    },
)
async def export(bank: OneBank, form: BankForm = BankForm.MARKDOWN) -> Response:
    """A bank in any of the forms that can be read back."""
    text = await asyncio.to_thread(export_bank, bank, form)
    return download(text, f"{bank.id}.{form}", FILE_TYPES[form])


@router.get(
    "/search",
    operation_id="search_questions",
    summary="Search by meaning",
    responses=documented(list[BankHit], "Best first.") | errors(502),
)
async def search(
    text: Annotated[str, Query(min_length=1, max_length=2000)],
    tools: Tools,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = 10,
) -> Response:
    """Questions by what they ask and by what a good answer says, in any words."""
    hits = await asyncio.to_thread(
        search_questions, text, tools.shelf.questions, tools.index, tools.embedder, limit
    )
    return reply(
        [
            question_record(hit.question)
            | {"similarity": round(hit.similarity, 4), "found_by": hit.key_point}
            for hit in hits
        ]
    )


def _row(bank: Bank) -> dict[str, Any]:
    topics: dict[str, int] = {}
    for question in bank.questions:
        topics[question.topic] = topics.get(question.topic, 0) + 1
    return {
        "id": bank.id,
        "title": bank.title,
        "language": bank.language,
        "license": bank.licence,
        "questions": len(bank.questions),
        "key_points": sum(len(question.key_points) for question in bank.questions),
        "topics": topics,
        "digest": bank.digest,
    }


def _report(found: Inspection) -> dict[str, Any]:
    return {
        "bank": _row(found.bank),
        "findings": [
            {
                "rule": one.rule.value,
                "severity": one.severity.value,
                "line": one.line or None,
                "questions": list(one.question_ids),
                "similarity": one.similarity,
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in (marked.finding for marked in found.findings)
        ],
        "problem": found.problem,
        "basis": found.basis,
    }
