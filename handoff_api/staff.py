"""`python -m handoff_api.staff list | add LOGIN … | change LOGIN …`: accounts from the console, for the first admin and
for whoever is locked out. Passwords are asked for, or read from standard input; they never stand in a command."""

import argparse
import asyncio
import getpass
import sys
from typing import Any

from pydantic import ValidationError

from contracts.staff import Account, AgentChange, NewAgent
from handoff_api.errors import AccountNotFound, BridgeError
from handoff_api.services.bridge import build_bridge
from handoff_api.services.personnel import Personnel
from handoff_api.settings import Settings

ACTOR = "console"


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m handoff_api.staff")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    add, change = commands.add_parser("add"), commands.add_parser("change")
    change.add_argument("--password", action="store_true", help="ask for a new one")
    change.add_argument("--is-active", choices=["yes", "no"])
    for command in (add, change):
        command.add_argument("username")
        command.add_argument("--name")
        command.add_argument("--role", choices=["agent", "supervisor", "admin", "auditor"])
        command.add_argument("--skills", help="separated by commas")
        command.add_argument("--capacity", type=int)
    return parser.parse_args(given)


def _wishes(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was said on the command line, in the words of the contract."""
    said = {name: getattr(arguments, name) for name in ("name", "role", "capacity")}
    said["skills"] = arguments.skills.split(",") if arguments.skills else None
    if getattr(arguments, "is_active", None):
        said["is_active"] = arguments.is_active == "yes"
    if arguments.command == "add" or arguments.password:
        said["password"] = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    return {name: value for name, value in said.items() if value is not None}


async def _do(personnel: Personnel, arguments: argparse.Namespace) -> list[Account]:
    if arguments.command == "list":
        return await personnel.listed()
    wishes = _wishes(arguments)
    if arguments.command == "add":
        new = NewAgent(username=arguments.username, **{"name": arguments.username, **wishes})
        return [await personnel.add(ACTOR, new)]
    found = [account for account in await personnel.listed() if account.username == arguments.username]
    if not found:
        raise AccountNotFound
    return [await personnel.change(ACTOR, found[0].agent_id, AgentChange(**wishes))]


async def run(settings: Settings, given: list[str] | None = None) -> list[Account]:
    bridge = build_bridge(settings)
    try:
        return await _do(bridge.personnel, _arguments(given))
    finally:
        await bridge.close()


def main() -> None:
    try:
        accounts = asyncio.run(run(Settings()))
    except BridgeError as error:
        sys.exit(f"{error.code}: {error.message}")
    except ValidationError as error:
        fields = {str(each["loc"][0]): each["msg"] for each in error.errors(include_input=False)}
        sys.exit("".join(f"{field}: {message}\n" for field, message in fields.items()))
    for account in accounts:
        state = "" if account.is_active else "  (left)"
        skills = ",".join(account.skills)
        line = f"{account.username}  {account.name}  {account.role}  {account.capacity}  {skills}{state}\n"
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
