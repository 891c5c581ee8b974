"""Accounts: made and changed by who may, in the audit log, without anybody being locked out."""

import io
import json

import pytest
from pydantic import ValidationError

from contracts.staff import Account, AgentChange, NewAgent, PasswordChange
from handoff_api import staff
from handoff_api.errors import AccountNotFound, LastAdmin, LoginTaken, NotSignedIn, PasswordRefused, RateLimited
from handoff_api.services.bridge import Bridge
from handoff_api.settings import Settings
from tests.handoff_api.conftest import Desk

PASSWORD = "a password that is long"
NEW = NewAgent(username="xiaochen", password=PASSWORD, name="小陈", skills=["quality"], capacity=2)


@pytest.fixture
async def account(bridge: Bridge) -> Account:
    return await bridge.personnel.add("agent_admin", NEW)


async def test_a_new_account_signs_in(bridge: Bridge, account: Account) -> None:
    _, agent = await bridge.accounts.sign_in("xiaochen", PASSWORD, address="")

    assert (agent.agent_id, agent.role, agent.skills, agent.capacity) == (account.agent_id, "agent", ["quality"], 2)


async def test_a_login_is_given_once_even_after_its_owner_left(bridge: Bridge, account: Account) -> None:
    await bridge.personnel.change("agent_admin", account.agent_id, AgentChange(is_active=False))

    with pytest.raises(LoginTaken):
        await bridge.personnel.add("agent_admin", NEW)


@pytest.mark.parametrize(
    ("change", "is_out"),
    [
        (AgentChange(password="another password"), True),
        (AgentChange(role="supervisor"), True),
        (AgentChange(is_active=False), True),
        (AgentChange(role="agent"), False),
        (AgentChange(name="小程", capacity=9, skills=["repair"]), False),
    ],
    ids=["password", "role", "left", "the same role", "nothing of weight"],
)
async def test_what_ends_the_sign_ins(bridge: Bridge, account: Account, change: AgentChange, is_out: bool) -> None:
    token, _ = await bridge.accounts.sign_in("xiaochen", PASSWORD, address="")

    await bridge.personnel.change("agent_admin", account.agent_id, change)

    if is_out:
        with pytest.raises(NotSignedIn):
            await bridge.accounts.agent(token)
    else:
        assert await bridge.accounts.agent(token)


async def test_new_skills_are_matched_at_once(bridge: Bridge, desk: Desk) -> None:
    agent = await desk.agent("busy", capacity=0)
    row = await desk.want_person(await desk.shopper())

    await bridge.personnel.change("agent_admin", agent.agent_id, AgentChange(capacity=1))

    async with bridge.record.reading() as session:
        assert (await session.get_one(type(row), row.conversation_id)).offered_to == agent.agent_id


async def test_the_last_admin_remains(bridge: Bridge, account: Account) -> None:
    admin = await bridge.personnel.add("console", NEW.model_copy(update={"username": "admin", "role": "admin"}))

    for change in (AgentChange(role="agent"), AgentChange(is_active=False)):
        with pytest.raises(LastAdmin):
            await bridge.personnel.change(admin.agent_id, admin.agent_id, change)

    await bridge.personnel.change(admin.agent_id, account.agent_id, AgentChange(role="admin"))
    changed = await bridge.personnel.change(account.agent_id, admin.agent_id, AgentChange(role="agent"))
    assert changed.role == "agent"


async def test_nobody_is_nobody(bridge: Bridge) -> None:
    with pytest.raises(AccountNotFound):
        await bridge.personnel.change("agent_admin", "agent_none", AgentChange(name="谁"))


async def test_ones_own_password_needs_the_present_one_and_patience(bridge: Bridge, account: Account) -> None:
    _, agent = await bridge.accounts.sign_in("xiaochen", PASSWORD, address="")
    wrong = PasswordChange(current="wrong", new="another password")
    right = PasswordChange(current=PASSWORD, new="another password")

    with pytest.raises(PasswordRefused):
        await bridge.personnel.change_own_password(agent, wrong)
    await bridge.personnel.change_own_password(agent, right)
    assert await bridge.accounts.sign_in("xiaochen", "another password", address="")
    for _ in range(3):
        with pytest.raises(PasswordRefused):
            await bridge.personnel.change_own_password(agent, wrong)
    with pytest.raises(RateLimited):
        await bridge.personnel.change_own_password(agent, right)


async def test_the_log_says_who_changed_what_and_no_password(bridge: Bridge, account: Account) -> None:
    await bridge.personnel.change("agent_admin", account.agent_id, AgentChange(role="auditor", password="a secret one"))

    newest, older = await bridge.personnel.audit_log(before=None, limit=2)
    page = await bridge.personnel.audit_log(before=newest.audit_id, limit=1)

    assert (newest.actor, newest.action, newest.subject) == ("agent_admin", "account.changed", account.agent_id)
    assert newest.facts == {"fields": ["password", "role"], "role": "auditor"}
    assert (older.action, page) == ("account.added", [older])
    assert "secret" not in json.dumps([entry.model_dump(mode="json") for entry in (newest, older)])


@pytest.mark.parametrize("login", ["", "x", "with space", "line\nbreak", "nul\x00", "x" * 65])
def test_a_login_is_one_plain_word(login: str) -> None:
    with pytest.raises(ValidationError):
        NewAgent(username=login, password=PASSWORD, name="小陈")


async def test_the_console_makes_the_first_admin_and_helps_who_is_locked_out(
    bridge: Bridge, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\nanother password\n"))

    await staff.run(settings, ["add", "boss", "--role", "admin", "--skills", "general,quality"])
    await staff.run(settings, ["change", "boss", "--password", "--name", "老板"])
    [listed] = await staff.run(settings, ["list"])

    assert (listed.name, listed.role, listed.skills) == ("老板", "admin", ["general", "quality"])
    assert await bridge.accounts.sign_in("boss", "another password", address="")
