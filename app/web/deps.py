"""What routes ask for: who visits, what is theirs, what grades, and pages to reply with.

::

    @router.get("/sessions/{session_id}")
    async def show(session_id: str, page: Page, mine: Mine) -> HTMLResponse:
        session = await mine.load(session_id)       # SessionNotFound, also for somebody else's
        return page("session.html.j2", session=session)
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from app.errors import NotAllowed
from app.language.messages import Translate, translator
from app.settings import Settings
from app.store.base import Repository, Store
from app.store.people import Account, Role
from app.web.holdings import Holdings
from app.web.languages import Language, language_of
from app.web.pages import DOMAIN
from app.web.security.access import bearer_of
from app.web.security.identity import Identity
from app.web.security.limits import check_spending
from app.web.security.origin import (
    SAFE_METHODS,
    TOKEN_FIELD,
    TOKEN_HEADER,
    check_form_token,
    is_form,
)
from app.wiring.services import Services

RenderPage = Callable[..., HTMLResponse]


def holdings_of(request: Request) -> Holdings:
    """What this process holds."""
    holdings: Holdings = request.app.state.holdings
    return holdings


def settings_of(request: Request) -> Settings:
    """The settings in force."""
    return holdings_of(request).settings


def identity_of(request: Request) -> Identity:
    """Who asks."""
    identity: Identity = request.state.identity
    return identity


def account_of(request: Request) -> Account | None:
    """The account that is signed in, if any."""
    account: Account | None = request.state.account
    return account


def store_of(request: Request) -> Store:
    """Everybody's store; what belongs to one person is reached through `repository_of`."""
    return holdings_of(request).store


def repository_of(request: Request) -> Repository:
    """What is kept of whoever asks, and nothing of anybody else."""
    return store_of(request).of(identity_of(request).owner)


def services_of(request: Request) -> Services:
    """Banks, index, embedder and grader in force."""
    return holdings_of(request).services


def translate_of(request: Request) -> Translate:
    """Texts of the pages in the visitor's language."""
    return translator(DOMAIN, language_of(request))


def page_of(request: Request) -> RenderPage:
    """A function from a template's name and its values to the reply."""

    def page(
        template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> HTMLResponse:
        pages = holdings_of(request).pages
        return pages.render(request, template, status=status, headers=headers, **values)

    return page


async def guard_form(request: Request) -> None:
    """Raise NotAllowed for a form that was not made here; holds for every route of the app.

    A bearer token was looked at in the doorway, and no browser adds one by itself.
    """
    if request.method in SAFE_METHODS or not is_form(request) or bearer_of(request):
        return
    given = request.headers.get(TOKEN_HEADER, "") or str(
        (await request.form()).get(TOKEN_FIELD, "")
    )
    check_form_token(given, holdings_of(request).seal.form_token(identity_of(request)))


async def check_llm_spending(request: Request) -> None:
    """Raise LimitReached where this visitor has spent the day's LLM tokens."""
    await check_spending(repository_of(request), settings_of(request).llm_daily_tokens)


async def follow_banks(request: Request) -> None:
    """Take up what changed in the files of the banks; holds for every route of the app."""
    await holdings_of(request).banks.current()


def may_change_banks(request: Request) -> None:
    """Raise NotAllowed where this visitor may not import or edit banks, which all share."""
    identity, account, holdings = identity_of(request), account_of(request), holdings_of(request)
    leads = identity.is_local or (account is not None and account.role is Role.OWNER)
    if holdings.entrance.is_guarded and not leads:
        raise NotAllowed(
            "The question banks of this server are not yours to change.",
            "Ask whoever runs it; they sign in with the link that mockint serve prints.",
        )


Here = Annotated[Holdings, Depends(holdings_of)]
Config = Annotated[Settings, Depends(settings_of)]
SignedIn = Annotated[Account | None, Depends(account_of)]
Visitor = Annotated[Identity, Depends(identity_of)]
Mine = Annotated[Repository, Depends(repository_of)]
Everybodys = Annotated[Store, Depends(store_of)]
Tools = Annotated[Services, Depends(services_of)]
Say = Annotated[Translate, Depends(translate_of)]
Tongue = Annotated[Language, Depends(language_of)]
Page = Annotated[RenderPage, Depends(page_of)]
MayChangeBanks = Depends(may_change_banks)
MaySpend = Depends(check_llm_spending)
