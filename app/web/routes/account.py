"""Coming in: the link of the terminal, the access token, accounts."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from app.errors import NotAdmitted, NotAllowed
from app.store.people import Account, Role
from app.web.deps import Everybodys, Here, Page, SignedIn, Visitor
from app.web.forms import PageForm
from app.web.navigation import local_path
from app.web.security.access import address_of
from app.web.security.identity import at_the_machine, signed_in, signed_out
from app.web.security.passwords import LONGEST, SHORTEST

router = APIRouter(include_in_schema=False)

Name = Annotated[str, Field(min_length=1, max_length=60)]
OldPassword = Annotated[str, Field(max_length=LONGEST)]
NewPassword = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]


class AccessForm(PageForm):
    """The access token; `then` is the page to go to."""

    token: str = Field(default="", max_length=500)
    then: str = "/"


class SignInForm(PageForm):
    """A name and its password; `then` is the page to go to."""

    name: Name
    password: OldPassword
    then: str = "/"


class AccountForm(PageForm):
    """A new account."""

    name: Name
    password: NewPassword


class PasswordForm(PageForm):
    """Another password for the account that is signed in."""

    password: OldPassword
    new_password: NewPassword


class RemovalForm(PageForm):
    """That the account that is signed in is to be deleted."""

    password: OldPassword


@router.get("/open/{key}")
async def open_as_local(key: str, request: Request, here: Here, visitor: Visitor) -> Response:
    """Give this browser the sessions of the terminal."""
    address = address_of(request)
    await here.limits.check_tries(address)
    if not here.entrance.is_link_key(key):
        await here.limits.count_try(address)
        raise NotAllowed("This link is not one of this server's.", "Use the one that it prints.")
    if not visitor.is_local:
        request.state.identity = at_the_machine(visitor)
    return RedirectResponse("/", 303)


@router.get("/access")
async def ask_for_token(page: Page, here: Here, people: Everybodys, then: str = "/") -> Response:
    """The form for the access token, or for those who have an account."""
    if not here.entrance.asks_for_token:
        return RedirectResponse(f"/sign-in?then={local_path(then)}", 303)
    accounts = await people.people.any_accounts()
    return page("access.html.j2", then=local_path(then), accounts=accounts, wrong=False)


@router.post("/access")
async def take_token(
    form: Annotated[AccessForm, Form()],
    request: Request,
    page: Page,
    here: Here,
    visitor: Visitor,
    people: Everybodys,
) -> Response:
    """Let in whoever knows the access token."""
    then, address = local_path(form.then), address_of(request)
    await here.limits.count_try(address)
    if not here.entrance.opens(form.token):
        accounts = await people.people.any_accounts()
        return page("access.html.j2", status=403, then=then, accounts=accounts, wrong=True)
    await here.limits.forgive(address)
    request.state.identity = here.entrance.admit(visitor)
    return RedirectResponse(then, 303)


@router.get("/sign-in")
async def ask_for_name(page: Page, then: str = "/") -> HTMLResponse:
    """The form for name and password."""
    return page("sign_in.html.j2", then=local_path(then), name="", wrong=False)


@router.post("/sign-in")
async def sign_in(
    form: Annotated[SignInForm, Form()], request: Request, page: Page, here: Here, visitor: Visitor
) -> Response:
    """Sign in whoever knows the password."""
    then, address = local_path(form.then), address_of(request)
    tries = (address, f"name {form.name.casefold().strip()}")
    await here.limits.count_try(*tries)
    found = await here.store.people.find(form.name)
    if not await here.passwords.match(form.password, found[1] if found else None):
        return page("sign_in.html.j2", status=403, then=then, name=form.name, wrong=True)
    assert found is not None
    await here.limits.forgive(*tries)
    request.state.identity = signed_in(visitor, found[0])
    return RedirectResponse(then, 303)


@router.post("/sign-out")
async def sign_out(_: Annotated[PageForm, Form()], request: Request, visitor: Visitor) -> Response:
    """Become somebody new in this browser."""
    request.state.identity = signed_out(visitor)
    return RedirectResponse("/", 303)


@router.post("/account")
async def make_account(
    form: Annotated[AccountForm, Form()],
    request: Request,
    here: Here,
    visitor: Visitor,
    account: SignedIn,
) -> Response:
    """Make the first kind of account: that of whoever runs the server."""
    if account is not None or not visitor.is_local:
        raise NotAllowed(
            "Accounts are made by invitation.",
            "Ask whoever runs this server for one; they open the link that mockint serve prints.",
        )
    kept = await here.passwords.hash(form.password)
    made = await here.store.people.register(form.name, kept, owner=visitor.owner, role=Role.OWNER)
    request.state.identity = signed_in(visitor, made)
    return RedirectResponse("/settings?done=account", 303)


@router.post("/account/password")
async def change_password(
    form: Annotated[PasswordForm, Form()],
    request: Request,
    here: Here,
    visitor: Visitor,
    account: SignedIn,
) -> Response:
    """Change the password; every other browser is signed out."""
    known = await _confirmed(here, account, form.password, address_of(request))
    kept = await here.passwords.hash(form.new_password)
    changed = await here.store.people.change_password(known.id, kept)
    assert changed is not None
    request.state.identity = signed_in(visitor, changed)
    return RedirectResponse("/settings?done=password", 303)


@router.post("/account/remove")
async def remove_account(
    form: Annotated[RemovalForm, Form()],
    request: Request,
    here: Here,
    visitor: Visitor,
    account: SignedIn,
) -> Response:
    """Delete the account and everything that is kept of it."""
    known = await _confirmed(here, account, form.password, address_of(request))
    await here.store.of(known.owner).forget_all()
    await here.store.people.remove(known.id)
    request.state.identity = signed_out(visitor)
    return RedirectResponse("/settings?done=removed", 303)


async def _confirmed(here: Here, account: Account | None, password: str, address: str) -> Account:
    """The account that is signed in. Raises where the password is not its own."""
    if account is None:
        raise NotAdmitted("Nobody is signed in.", "Sign in first.")
    tries = (address, f"name {account.name.casefold()}")
    await here.limits.count_try(*tries)
    found = await here.store.people.find(account.name)
    if not await here.passwords.match(password, found[1] if found else None):
        raise NotAllowed("This is not your password; nothing was changed.", "Try again.")
    await here.limits.forgive(*tries)
    return account
