"""Signing in: one answer for every wrong try, nothing readable at rest, and an end to guessing."""

import pytest
from sqlalchemy import select

from handoff_api.errors import AccountLocked, NotSignedIn, RateLimited, SignInRefused, TokenInvalid
from handoff_api.record.tables import AgentRecord, AgentSessionRecord, AuditRecord, SocketTicketRecord
from handoff_api.services.accounts import FAILURES_UNTIL_LOCKED
from handoff_api.services.bridge import Bridge, build_bridge
from tests.handoff_api.conftest import PASSWORD, Clock, Desk, SettingsFor


async def signed_in(desk: Desk) -> str:
    await desk.agent("xiaolin", online=False)
    token, _ = await desk.bridge.accounts.sign_in("xiaolin", PASSWORD, address="10.0.0.1")
    return token


async def test_the_right_password_signs_in(desk: Desk, bridge: Bridge) -> None:
    token = await signed_in(desk)

    assert (await bridge.accounts.agent(token)).login == "xiaolin"


@pytest.mark.parametrize(("login", "password"), [("xiaolin", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")])
async def test_a_wrong_login_and_a_wrong_password_sound_the_same(desk: Desk, login: str, password: str) -> None:
    await desk.agent("xiaolin", online=False)

    with pytest.raises(SignInRefused):
        await desk.bridge.accounts.sign_in(login, password, address="10.0.0.1")


async def test_guessing_locks_the_account_for_a_while(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    await desk.agent("xiaolin", online=False)
    for _ in range(FAILURES_UNTIL_LOCKED):
        with pytest.raises(SignInRefused):
            await bridge.accounts.sign_in("xiaolin", "guess", address="10.0.0.1")

    with pytest.raises(AccountLocked):
        await bridge.accounts.sign_in("xiaolin", PASSWORD, address="10.0.0.1")

    clock.advance(minutes=16)
    await bridge.accounts.sign_in("xiaolin", PASSWORD, address="10.0.0.1")


async def test_tries_are_limited_per_address(settings_for: SettingsFor) -> None:
    bridge = build_bridge(settings_for(sign_ins_per_minute=2))
    for _ in range(2):
        with pytest.raises(SignInRefused):
            await bridge.accounts.sign_in("nobody", "x", address="10.0.0.1")

    with pytest.raises(RateLimited):
        await bridge.accounts.sign_in("nobody", "x", address="10.0.0.1")
    with pytest.raises(SignInRefused):
        await bridge.accounts.sign_in("nobody", "x", address="10.0.0.2")
    await bridge.close()


async def test_no_token_and_no_password_is_readable_at_rest(desk: Desk, bridge: Bridge) -> None:
    token = await signed_in(desk)
    ticket = await bridge.accounts.issue_ticket(token)

    async with bridge.record.reading() as session:
        stored = [
            *(await session.execute(select(AgentRecord.password_hash))).scalars(),
            *(await session.execute(select(AgentSessionRecord.token_hash))).scalars(),
            *(await session.execute(select(SocketTicketRecord.ticket_hash))).scalars(),
        ]

    assert stored[0].startswith("$argon2id$")
    assert not any(secret in text for text in stored for secret in (PASSWORD, token, ticket))


async def test_signing_out_ends_it(desk: Desk, bridge: Bridge) -> None:
    token = await signed_in(desk)

    await bridge.accounts.sign_out(token)

    with pytest.raises(NotSignedIn):
        await bridge.accounts.agent(token)


async def test_a_sign_in_ends_by_itself(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    token = await signed_in(desk)

    clock.advance(hours=13)

    with pytest.raises(NotSignedIn):
        await bridge.accounts.agent(token)


async def test_a_socket_ticket_is_good_once(desk: Desk, bridge: Bridge) -> None:
    ticket = await bridge.accounts.issue_ticket(await signed_in(desk))
    await bridge.accounts.use_ticket(ticket)

    with pytest.raises(TokenInvalid):
        await bridge.accounts.use_ticket(ticket)


async def test_a_socket_ticket_is_good_for_thirty_seconds(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    ticket = await bridge.accounts.issue_ticket(await signed_in(desk))

    clock.advance(seconds=31)

    with pytest.raises(TokenInvalid):
        await bridge.accounts.use_ticket(ticket)


async def test_signing_in_is_in_the_audit_log(desk: Desk, bridge: Bridge) -> None:
    await signed_in(desk)

    async with bridge.record.reading() as session:
        actions = (await session.execute(select(AuditRecord.action))).scalars().all()

    assert actions == ["agent.signed_in"]
