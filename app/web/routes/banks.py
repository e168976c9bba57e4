"""Looking at banks: lists, search by meaning, one question, and banks as files."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from app.bank.exporting import BankForm, export_bank
from app.domain.question import Bank
from app.index.searching import search_questions
from app.web.banks.catalogue import (
    MOST_FOUND,
    Facets,
    Listed,
    Wish,
    WishQuery,
    fitting,
    nearest,
    survey,
    together,
)
from app.web.banks.rights import Changeable, Folder, OneBank, OneQuestion
from app.web.deps import Page, Tongue, Tools
from app.web.downloads import download
from app.web.paging import Leaf, leaf_of
from app.wiring.services import Services

QUESTIONS_A_PAGE = 50
_TYPES = {
    BankForm.MARKDOWN: "text/markdown",
    BankForm.JSON: "application/json",
    BankForm.JSONL: "application/jsonl",
    BankForm.YAML: "application/yaml",
    BankForm.CSV: "text/csv",
}

Done = Annotated[str, Query(max_length=20)]

router = APIRouter(include_in_schema=False)


@router.get("/banks")
async def show_banks(
    page: Page,
    tools: Tools,
    folder: Folder,
    can_change: Changeable,
    wish: WishQuery,
    tongue: Tongue,
) -> HTMLResponse:
    """The banks in force, those in the page's language first.

    With something wished for, the questions of all banks that fit.
    """
    return page(
        "bank/banks.html.j2",
        banks=sorted(tools.shelf.banks, key=lambda bank: bank.language != tongue),
        imported={bank.id for bank in tools.shelf.banks if Path(bank.source).parent == folder},
        key_points={bank.id: survey(bank).key_points for bank in tools.shelf.banks},
        notices=tools.shelf.notices,
        can_change=can_change,
        wish=wish,
        facets=_together(tools.shelf.banks) if wish.narrows else None,
        found=await _found(wish, tools.shelf.banks, tools) if wish.narrows else None,
    )


@router.get("/banks/{bank_id}")
async def show_bank(
    bank: OneBank,
    page: Page,
    tools: Tools,
    folder: Folder,
    can_change: Changeable,
    wish: WishQuery,
) -> HTMLResponse:
    """One bank: what it is, and its questions."""
    known = await asyncio.to_thread(survey, bank)
    return page(
        "bank/bank.html.j2",
        bank=bank,
        is_imported=Path(bank.source).parent == folder,
        can_change=can_change,
        wish=wish,
        facets=known.facets,
        found=await _found(wish, (bank,), tools),
        forms=list(BankForm),
        key_points=known.key_points,
        digest=known.digest,
    )


@router.get("/banks/{bank_id}/export.{form}")
async def take_bank(bank: OneBank, form: BankForm) -> Response:
    """A bank as a file that can be imported again."""
    text = await asyncio.to_thread(export_bank, bank, form)
    return download(text, f"{bank.id}.{form}", _TYPES[form])


@router.get("/banks/{bank_id}/questions/{question_id}")
async def show_question(
    bank: OneBank,
    question: OneQuestion,
    page: Page,
    folder: Folder,
    can_change: Changeable,
    done: Done = "",
) -> HTMLResponse:
    """One question; what a good answer says is folded away."""
    places = [one.id for one in bank.questions]
    place = places.index(question.id)
    return page(
        "bank/question.html.j2",
        bank=bank,
        question=question,
        number=place + 1,
        before=places[place - 1] if place else "",
        after=places[place + 1] if place + 1 < len(places) else "",
        can_change=can_change,
        is_copied=Path(bank.source).parent != folder,
        done=done,
    )


async def _found(wish: Wish, banks: Sequence[Bank], tools: Services) -> Leaf[Listed]:
    """A page of what fits, best first where something is looked for by meaning."""
    text = wish.q.strip()
    if not text:
        return leaf_of(fitting(banks, wish), wish.page, QUESTIONS_A_PAGE, wish.query)
    hits = await asyncio.to_thread(_search, text, fitting(banks, wish), tools)
    return leaf_of(hits, wish.page, QUESTIONS_A_PAGE, wish.query)


def _search(text: str, allowed: Sequence[Listed], tools: Services) -> list[Listed]:
    questions = (one.question for one in allowed)
    hits = search_questions(text, questions, tools.index, tools.embedder, MOST_FOUND)
    return nearest(hits, allowed)


def _together(banks: Sequence[Bank]) -> Facets:
    return together([survey(bank).facets for bank in banks])
