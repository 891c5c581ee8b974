"""The shop's side of a task: a shopper of one's own for every task, and what has changed there in the end.

Two conversations never share a shopper, so they can run at the same time and repeat in any order.
"""

import asyncio
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policy import load_rules
from shop_api.demo_data.catalogue import Person, load_products
from shop_api.demo_data.generator import bundles_of, shopper_row
from shop_api.record.database import Database
from tests.e2e.task_scripts import Task

type Effect = dict[str, Any]

WORDS = re.compile(r"\{(\w+)(?: (\w+))?(?: (\w+))?\}")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True)
class Guest:
    """A copy of `person` that only one task knows."""

    shopper_id: str
    person: Person


def guest_of(name: str, task: Task, shoppers: dict[str, Person]) -> Guest:
    shopper_id = f"T{name}"
    return Guest(shopper_id, shoppers[task.who].model_copy(update={"id": shopper_id}))


def settle(url: str, guests: list[Guest]) -> None:
    """Write the guests and their orders as the demo's own seeding does.

    In a thread of its own: a browser that other tests have opened keeps an event loop running in this one.
    """
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_settle(url, guests))).result()


async def _settle(url: str, guests: list[Guest]) -> None:
    database, products, rules, now = Database(url), load_products(), load_rules(), datetime.now(UTC)
    try:
        async with database.writing() as session:
            for guest in guests:
                session.add(shopper_row(guest.person))
                for bundle in bundles_of(guest.person, products, rules, now):
                    session.add(bundle.order)
                    await session.flush()
                    session.add_all([*bundle.cases, *bundle.tickets])
    finally:
        await database.close()


class ShopSide:
    """Reads the shop's own database, so that no answer of the bot can pass for a fact."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def _rows(self, query: str, *values: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self._file, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    def fill_in(self, text: str, guest: Guest) -> str:
        """The words in braces: `{order P01}`, `{parcel P01}`, `{phone4}`, `{other}` (somebody else's order); a third
        word gives the writing: spaced, dashed, wide, han, cut (its last digit is missing)."""
        return WORDS.sub(lambda match: self._word(match, guest), text)

    def _word(self, match: re.Match[str], guest: Guest) -> str:
        name, product, writing = match.groups()
        if name == "phone4":
            return guest.person.phone[-4:]
        if name == "other":
            return self._number_of("S003", "P03")
        value = self._number_of(guest.shopper_id, product) if name == "order" else self._parcel(guest, product)
        return {
            None: value,
            "spaced": " ".join(value[i : i + 4] for i in range(0, len(value), 4)),
            "dashed": "-".join(value[i : i + 6] for i in range(0, len(value), 6)),
            "wide": value.translate(WIDE),
            "han": value.translate(HAN),
            "cut": value[:-1],
        }[writing]

    def _number_of(self, shopper_id: str, product: str) -> str:
        rows = self._rows(
            "SELECT o.order_number FROM orders o JOIN order_lines l USING (shop_id, order_number)"
            " WHERE o.shopper_id = ? AND l.sku_id LIKE ?",
            shopper_id,
            f"{product}-%",
        )
        return str(rows[0]["order_number"])

    def _parcel(self, guest: Guest, product: str) -> str:
        number = self._number_of(guest.shopper_id, product)
        rows = self._rows("SELECT tracking_number FROM shipments WHERE order_number = ?", number)
        return str(rows[0]["tracking_number"])

    def change_order(self, guest: Guest, wish: str) -> None:
        """ "P17 shipped": as if the warehouse had moved it."""
        product, status = wish.split()
        number = self._number_of(guest.shopper_id, product)
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        with closing(sqlite3.connect(self._file, timeout=10)) as database, database:
            database.execute(
                "UPDATE orders SET status = ?, version = version + 1, shipped_at = ? WHERE order_number = ?",
                (status, now, number),
            )

    def snapshot(self, guest: Guest, conversation_id: str) -> dict[str, Effect]:
        """Everything that could change, by a name that stays."""
        owners = (f"shopper:{guest.shopper_id}", f"conversation:{conversation_id}")
        products = {
            (row["order_number"], row["line_id"]): row["sku_id"].split("-")[0]
            for row in self._rows(
                "SELECT l.order_number, l.line_id, l.sku_id FROM order_lines l"
                " JOIN orders o USING (shop_id, order_number) WHERE o.shopper_id = ?",
                guest.shopper_id,
            )
        }
        pieces = {
            row["order_number"]: row["pieces"]
            for row in self._rows(
                "SELECT l.order_number, SUM(l.quantity) AS pieces FROM order_lines l"
                " JOIN orders o USING (shop_id, order_number) WHERE o.shopper_id = ? GROUP BY l.order_number",
                guest.shopper_id,
            )
        }
        first = {number: product for (number, line), product in reversed(products.items())}
        seen: dict[str, Effect] = {}
        for row in self._rows("SELECT * FROM cases WHERE shopper_id = ?", guest.shopper_id):
            seen[row["case_id"]] = {
                "case": row["type"],
                "of": products[row["order_number"], row["line_id"]],
                "quantity": row["quantity"],
                "reason": row["reason"],
                "status": row["status"],
                "wanted": " ".join(json.loads(row["wanted_options"]).values()),
                "parcel": row["return_tracking_number"],
            }
        for row in self._rows("SELECT * FROM tickets WHERE owner_key IN (?, ?)", *owners):
            seen[row["ticket_id"]] = {"ticket": row["kind"], "of": first.get(row["order_number"])}
        for row in self._rows("SELECT * FROM orders WHERE shopper_id = ?", guest.shopper_id):
            seen[row["order_number"]] = {
                "of": first[row["order_number"]],
                "order": row["status"],
                "pieces": pieces[row["order_number"]],
                "note": row["note"],
                "receiver": f"{row['receiver_name']} {row['receiver_phone']} {row['receiver_region']}"
                f" {row['receiver_street']}",
                "invoice": json.loads(row["invoice"]),
            }
        return seen


def changes(before: dict[str, Effect], after: dict[str, Effect]) -> list[Effect]:
    """What is new or different. A case that moved is told as `step` with its new status."""
    found = []
    for name, row in after.items():
        if name not in before:
            found.append(row)
        elif row != before[name]:
            moved = {"step": row["status"], "of": row["of"]} if "case" in row else {}
            found.append(
                moved | {key: value for key, value in row.items() if value != before[name].get(key)} | _of(row)
            )
    return found


def _of(row: Effect) -> Effect:
    return {"of": row["of"]}


@dataclass(frozen=True)
class Outcome:
    """`missing` was expected and did not happen; `wrong` happened and was not."""

    missing: list[Effect]
    wrong: list[Effect]


def judge(task: Task, happened: list[Effect]) -> Outcome:
    left, missing = list(happened), []
    for wanted in task.shop:
        fitting = next((effect for effect in left if _fits(wanted, effect)), None)
        if fitting is None:
            missing.append(wanted)
        else:
            left.remove(fitting)
    return Outcome(missing, [effect for effect in left if not any(_fits(allowed, effect) for allowed in task.may)])


def _fits(wanted: Effect, effect: Effect) -> bool:
    return all(_same(value, effect.get(name)) for name, value in wanted.items())


def _same(wanted: Any, found: Any) -> bool:
    """Texts fit by a part ("wanted: 42" fits "42码"), records by what is named of them, all else by being equal."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return _fits(wanted, found)
    return wanted in found if isinstance(wanted, str) and isinstance(found, str) and wanted else bool(wanted == found)


class BridgeSide:
    """What the bridge recorded: for which reasons a person was asked for; and a clock that can be put forward."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def reasons(self, conversation_id: str) -> list[str]:
        with closing(sqlite3.connect(self._file, timeout=10)) as database:
            rows = database.execute(
                "SELECT reason FROM handoffs WHERE conversation_id = ? ORDER BY requested_at", (conversation_id,)
            )
            return [str(row[0]) for row in rows]

    def let_a_night_pass(self, conversation_id: str) -> None:
        """Nobody wrote for fourteen hours."""
        with closing(sqlite3.connect(self._file, timeout=10)) as database, database:
            for column in ("status_since", "last_at", "created_at"):
                database.execute(
                    f"UPDATE conversations SET {column} = datetime({column}, '-14 hours') WHERE conversation_id = ?",  # noqa: S608
                    (conversation_id,),
                )
