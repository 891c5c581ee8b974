"""The demo store: everything in it, the same at every seeding, and in step with its own rules."""

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.shop import CaseStatus, CaseType, OrderStatus, ShipmentStatus, TicketKind
from policy import load_rules
from shop_api.demo_data.catalogue import OrderPlan, load_people, load_products
from shop_api.demo_data.generator import bundles_of
from shop_api.migrate import migrate
from shop_api.record.database import Database
from shop_api.seed import seed
from shop_api.settings import Settings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SHAPES = {
    "SF": r"SF\d{13}",
    "ZTO": r"7[3-68]\d{12}",
    "YTO": r"YT\d{13}",
    "STO": r"(77|43)\d{12,15}",
    "YD": r"[34]\d{14}",
    "JD": r"JDV[A-Z]\d{11}",
    "EMS": r"[A-Z]{2}\d{9}[A-Z]{2}",
    "JT": r"JT\d{13}",
}
FALLEN = """SELECT o.order_number FROM order_lines o JOIN products p ON o.sku_id LIKE p.product_id || '-%'
            WHERE p.price < o.unit_price"""
TABLES = ["shoppers", "products", "orders", "order_lines", "shipments", "cases", "case_events", "tickets", "seeds"]


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    found = {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}
    connection.close()
    return found


def column(path: Path, query: str) -> list[str]:
    connection = sqlite3.connect(path)
    found = [row[0] for row in connection.execute(query)]
    connection.close()
    return found


@pytest.fixture
def copied(settings: Settings, tmp_path: Path) -> tuple[Database, Path]:
    return Database(settings.shop_database_url), tmp_path / "shop.sqlite3"


async def run_seed(database: Database, now: datetime, *, fresh: bool = False) -> int:
    try:
        return await seed(database, now=now, tell=lambda line: None, fresh=fresh)
    finally:
        await database.close()


async def test_seeding_twice_on_one_day_changes_nothing(copied: tuple[Database, Path]) -> None:
    database, path = copied
    before = content(path)

    written = await run_seed(database, NOW)

    assert written == 0
    assert content(path) == before


async def test_two_empty_stores_get_the_same_data(seeded_file: Path, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'other.sqlite3'}"
    await migrate(url)

    await run_seed(Database(url), NOW)

    assert content(tmp_path / "other.sqlite3") == content(seeded_file)


async def test_on_a_later_day_untouched_orders_are_redated_and_touched_ones_stay(
    copied: tuple[Database, Path],
) -> None:
    database, path = copied
    connection = sqlite3.connect(path)
    touched = connection.execute("SELECT order_number FROM orders WHERE shopper_id = 'S001'").fetchone()[0]
    connection.execute("UPDATE orders SET version = 2, note = 'mine' WHERE order_number = ?", (touched,))
    connection.commit()
    connection.close()
    numbers = column(path, "SELECT order_number FROM orders ORDER BY 1")

    written = await run_seed(database, NOW + timedelta(days=5))

    assert written == len(numbers) - 1
    assert column(path, "SELECT order_number FROM orders ORDER BY 1") == numbers
    assert column(path, f"SELECT note FROM orders WHERE order_number = '{touched}'") == ["mine"]
    assert column(path, "SELECT max(signed_at) FROM orders")[0].startswith("2026-11-26")


async def test_a_fresh_start_forgets_what_was_changed(copied: tuple[Database, Path], seeded_file: Path) -> None:
    database, path = copied
    connection = sqlite3.connect(path)
    connection.execute("UPDATE orders SET version = 2, note = 'mine'")
    connection.commit()
    connection.close()

    await run_seed(database, NOW, fresh=True)

    assert content(path) == content(seeded_file)


def test_there_is_enough_of_everything(seeded_file: Path) -> None:
    count = {table: len(rows) for table, rows in content(seeded_file).items()}

    assert count["orders"] >= 320
    assert count["shoppers"] >= 48
    assert set(column(seeded_file, "SELECT status FROM orders")) == set(OrderStatus)
    assert set(column(seeded_file, "SELECT type FROM cases")) == set(CaseType) - {"intercept", "price_protection"}
    assert len(set(column(seeded_file, "SELECT status FROM cases"))) >= len(CaseStatus) - 2
    assert TicketKind.URGE_SHIPPING in column(seeded_file, "SELECT kind FROM tickets")
    assert {"requested", "issued"} <= {
        json.loads(i).get("status") for i in column(seeded_file, "SELECT invoice FROM orders")
    }
    assert column(seeded_file, FALLEN)
    assert sum(map(int, column(seeded_file, "SELECT freight_insurance FROM orders"))) > 20


def test_every_parcel_has_a_number_of_its_carriers_shape_and_a_history_in_chinese(seeded_file: Path) -> None:
    connection = sqlite3.connect(seeded_file)
    rows = connection.execute("SELECT carrier, tracking_number, status, events FROM shipments").fetchall()
    connection.close()

    assert {row[0] for row in rows} == set(SHAPES)
    for carrier, number, status, events in rows:
        assert re.fullmatch(SHAPES[carrier], number)
        texts = [event["text"] for event in json.loads(events)]
        assert "已揽收" in texts[0]
        assert ("已签收" in texts[-1]) is (status == ShipmentStatus.SIGNED)


def test_nothing_seeded_lies_in_the_future_but_deadlines(seeded_file: Path) -> None:
    latest = max(
        moment
        for moment in column(
            seeded_file,
            "SELECT max(placed_at) FROM orders UNION SELECT max(signed_at) FROM orders "
            "UNION SELECT max(completed_at) FROM orders UNION SELECT max(at) FROM case_events "
            "UNION SELECT max(created_at) FROM tickets",
        )
        if moment
    )

    assert latest <= NOW.strftime("%Y-%m-%d %H:%M:%S.%f")


def test_order_numbers_are_mistaken_for_no_card(seeded_file: Path) -> None:
    numbers = column(seeded_file, "SELECT order_number FROM orders")

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"88\d{16}", number) for number in numbers)


def test_the_first_shopper_has_one_pair_of_shoes_signed_yesterday(seeded_file: Path) -> None:
    signed = column(seeded_file, "SELECT signed_at FROM orders WHERE shopper_id = 'S001'")
    classes = column(
        seeded_file,
        "SELECT category FROM order_lines JOIN orders USING (shop_id, order_number) WHERE shopper_id = 'S001'",
    )

    assert classes == ["shoes"]
    assert signed == ["2026-11-21 06:05:00.000000"]


def test_a_gift_costs_nothing_and_bears_no_share_of_a_discount() -> None:
    plan = OrderPlan.model_validate(
        {"product": "P07", "options": {"颜色": "黑色", "尺码": "M"}, "gift": "P10", "state": "signed", "days": 2}
        | {"coupon": ["30.00", "满减"]}
    )
    person = load_people()[0].model_copy(update={"orders": [plan]})

    [bundle] = bundles_of(person, load_products(), load_rules(), NOW)

    goods, gift = bundle.order.lines
    assert (gift.is_gift, gift.paid, gift.unit_price > 0) == (True, 0, True)
    assert goods.paid == goods.unit_price - 30
    assert bundle.order.paid_total == goods.paid
