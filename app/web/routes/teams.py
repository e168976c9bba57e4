"""Classes and teams: who leads them, who is in them, and who lets whom see how they get on."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from app.errors import NotAdmitted, NotAllowed, TeamNotFound
from app.store.people import Account, Invitation, Role
from app.web.deps import Here, Page, SignedIn, Visitor
from app.web.forms import PageForm
from app.web.progress import progress_of
from app.web.routes.account import Name, NewPassword
from app.web.security.access import address_of
from app.web.security.identity import signed_in

LONGEST_DAYS, MOST_PLACES = 90, 500

router = APIRouter(include_in_schema=False)


class TeamForm(PageForm):
    """A new team."""

    name: Name


class InvitationForm(PageForm):
    """How long an invitation is good, and for how many."""

    days: int = Field(default=14, ge=1, le=LONGEST_DAYS)
    places: int = Field(default=30, ge=1, le=MOST_PLACES)


class JoinForm(PageForm):
    """Whether the leader may see how one gets on."""

    shares: Literal["yes", ""] = ""


class NewcomerForm(JoinForm):
    """An account made by an invitation."""

    name: Name
    password: NewPassword


@router.get("/teams")
async def show_teams(page: Page, here: Here, account: SignedIn) -> HTMLResponse:
    """The teams that one leads, and those that one is in."""
    known = _known(account)
    people = here.store.people
    return page(
        "teams.html.j2",
        account=known,
        led=await people.led_by(known.id),
        memberships=await people.memberships(known.id),
    )


@router.post("/teams")
async def make_team(
    form: Annotated[TeamForm, Form()], here: Here, account: SignedIn
) -> RedirectResponse:
    """Make a team."""
    known = _known(account)
    if known.role is not Role.OWNER:
        raise NotAllowed("Only owners make teams.", "Ask whoever runs this server.")
    team = await here.store.people.make_team(" ".join(form.name.split()), known.id)
    return RedirectResponse(f"/teams/{team.id}", 303)


@router.get("/teams/{team_id}")
async def show_team(team_id: str, page: Page, here: Here, account: SignedIn) -> HTMLResponse:
    """How the members of a team get on, as far as they agreed to that."""
    return await _team_page(team_id, page, here, _known(account))


@router.post("/teams/{team_id}/invitations")
async def invite(
    team_id: str,
    form: Annotated[InvitationForm, Form()],
    request: Request,
    page: Page,
    here: Here,
    account: SignedIn,
) -> HTMLResponse:
    """Make an invitation; its link is shown once."""
    known, word = _known(account), secrets.token_urlsafe(24)
    until = datetime.now(UTC) + timedelta(days=form.days)
    if not await here.store.people.invite(
        _digest(word), team_id, known.id, until=until, places=form.places
    ):
        raise _gone()
    base = here.settings.public_url or str(request.base_url).rstrip("/")
    return await _team_page(team_id, page, here, known, f"{base}/join/{word}")


@router.post("/teams/{team_id}/withdraw")
async def withdraw(
    team_id: str, _: Annotated[PageForm, Form()], here: Here, account: SignedIn
) -> RedirectResponse:
    """Make all invitations to a team worthless."""
    await here.store.people.withdraw(team_id, _known(account).id)
    return RedirectResponse(f"/teams/{team_id}", 303)


@router.post("/teams/{team_id}/remove")
async def remove(
    team_id: str, _: Annotated[PageForm, Form()], here: Here, account: SignedIn
) -> RedirectResponse:
    """Delete a team; its members keep their accounts and interviews."""
    await here.store.people.remove_team(team_id, _known(account).id)
    return RedirectResponse("/teams", 303)


@router.post("/teams/{team_id}/share")
async def share(
    team_id: str, form: Annotated[JoinForm, Form()], here: Here, account: SignedIn
) -> RedirectResponse:
    """Let the leader see how one gets on, or no longer."""
    agreed = form.shares == "yes"
    await here.store.people.share(team_id, _known(account).id, agreed=agreed)
    return RedirectResponse("/teams", 303)


@router.post("/teams/{team_id}/leave")
async def leave(
    team_id: str, _: Annotated[PageForm, Form()], here: Here, account: SignedIn
) -> RedirectResponse:
    """Leave a team."""
    await here.store.people.leave(team_id, _known(account).id)
    return RedirectResponse("/teams", 303)


@router.get("/join/{word}")
async def show_invitation(
    word: str, request: Request, page: Page, here: Here, account: SignedIn
) -> HTMLResponse:
    """Who invites, and the form to accept."""
    invitation = await _invitation(word, request, here)
    return page("join.html.j2", word=word, team=invitation.team, account=account)


@router.post("/join/{word}")
async def accept(
    word: str, form: Annotated[NewcomerForm, Form()], request: Request, here: Here, visitor: Visitor
) -> RedirectResponse:
    """Make an account by an invitation; what this browser has practised stays with it."""
    invitation = await _invitation(word, request, here)
    if visitor.account or visitor.is_local:
        raise NotAllowed(
            "This browser belongs to somebody already.",
            "Join with your account, or open the invitation in another browser.",
        )
    kept = await here.passwords.hash(form.password)
    made = await here.store.people.accept(_digest(word), form.name, kept, owner=visitor.owner)
    if made is None:
        raise _gone()
    await _agree(here, invitation.team.id, made, form)
    request.state.identity = signed_in(visitor, made)
    return RedirectResponse("/teams", 303)


@router.post("/join/{word}/as-member")
async def join(
    word: str, form: Annotated[JoinForm, Form()], request: Request, here: Here, account: SignedIn
) -> RedirectResponse:
    """Join a team with the account that is signed in."""
    known = _known(account)
    await _invitation(word, request, here)
    team = await here.store.people.join(_digest(word), known.id)
    if team is None:
        raise _gone()
    await _agree(here, team.id, known, form)
    return RedirectResponse("/teams", 303)


async def _agree(here: Here, team_id: str, account: Account, form: JoinForm) -> None:
    if form.shares == "yes":
        await here.store.people.share(team_id, account.id, agreed=True)


async def _team_page(
    team_id: str, page: Page, here: Here, account: Account, link: str = ""
) -> HTMLResponse:
    people = here.store.people
    members = await people.members(team_id, account.id)
    team = next((one for one in await people.led_by(account.id) if one.id == team_id), None)
    if members is None or team is None:
        raise _gone()
    progress = {
        one.account.id: await progress_of(here.store.of(one.account.owner))
        for one in members
        if one.shares
    }
    return page("team.html.j2", team=team, members=members, progress=progress, link=link)


async def _invitation(word: str, request: Request, here: Here) -> Invitation:
    """The invitation behind a link. Raises TeamNotFound; guesses are counted."""
    address = address_of(request)
    await here.limits.check_tries(address)
    found = await here.store.people.invitation(_digest(word))
    if found is None:
        await here.limits.count_try(address)
        raise _gone()
    return found


def _known(account: Account | None) -> Account:
    if account is None:
        raise NotAdmitted("Teams are for people with an account.", "Sign in first.")
    return account


def _gone() -> TeamNotFound:
    return TeamNotFound(
        "There is no such team or invitation, or not for you.",
        "Ask whoever gave you the link for a new one.",
    )


def _digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()
