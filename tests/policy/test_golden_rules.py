"""The second golden table, `golden_rules.yml`: shipping, money, parcels, invoices and what else a shopper asks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.shop import (
    CaseReason,
    CaseType,
    Invoice,
    InvoiceStatus,
    MemberLevel,
    Order,
    OrderStatus,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from contracts.verdict import Decision, Verdict
from policy import (
    DamagesFacts,
    DamagesGround,
    DepositFacts,
    DepositKind,
    Facts,
    GiftConcern,
    GiftFacts,
    InsuranceFacts,
    InvoiceFacts,
    InvoiceWish,
    ParcelFacts,
    ParcelTrouble,
    PriceFacts,
    PriceKind,
    QuantityFacts,
    RefundFacts,
    RepairFacts,
    RestoreFacts,
    Rules,
    ShippingFacts,
    decide_cancel,
    decide_damages,
    decide_deposit,
    decide_freight_insurance,
    decide_gift,
    decide_invoice,
    decide_late_shipping,
    decide_parcel,
    decide_price_protection,
    decide_quantity,
    decide_refund_time,
    decide_repair,
    decide_restore,
    load_rules,
)
from policy.calendar import SHANGHAI, in_chinese, legal_day

Row = dict[str, Any]
MakeOrder = Callable[..., Order]
ROWS: list[Row] = yaml.safe_load((Path(__file__).parent / "golden_rules.yml").read_text(encoding="utf-8"))
FIRST_TABLE: list[Row] = yaml.safe_load((Path(__file__).parent / "golden.yml").read_text(encoding="utf-8"))
SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RESULTS = {"可以": "allowed", "不可以": "refused", "人工": "needs_person"}
PAYERS = {"顾客": "shopper", "商家": "shop"}
REASONS = {"不想要了": CaseReason.NO_REASON, "质量": CaseReason.QUALITY, "发错": CaseReason.WRONG_ITEM}
TROUBLES = {"停滞": ParcelTrouble.STUCK, "未收到": ParcelTrouble.NOT_RECEIVED, "破损": ParcelTrouble.DAMAGED}
WISHES = dict(zip(["申请", "修改", "重发", "进度"], InvoiceWish, strict=True))
PAPERS = dict(zip(["无", "申请中", "已开"], InvoiceStatus, strict=True))
CONCERNS = dict(zip(["少了", "坏了", "退不回", "单独退"], GiftConcern, strict=True))
DEPOSITS = {"定金": DepositKind.EARNEST, "订金": DepositKind.ADVANCE, "不清": None}
GROUNDS = {"假货": DamagesGround.FRAUD, "食品": DamagesGround.UNSAFE_FOOD}
COMMON = "例 问 承诺 状态 下单 实付 下单运费 类 共 赠品 结果 说 不说 另可 退款 运费 最后一天 规则 版本"
OWN = {
    "发货": "最后发货 现在 揽收",
    "价保": "天 时刻 现价 价格 规格 已退件 已退款 已补",
    "运费险": "有险 类型 原因 小时",
    "退款时限": "天 会员 已退出 支付",
    "包裹": "事 停 收 轨迹 快递 签收人 包裹",
    "发票": "想 票 专票 已退",
    "赠品": "事 标价",
    "预售款": "款 预付 总价 尾款 违约",
    "赔偿": "由",
    "取消": "",
    "恢复": "取消于 已退款 现在",
    "改数量": "改成 券 在退",
    "三包": "天 修过 在修 等件 占用 换过 主要部件",
}


@pytest.fixture(scope="session")
def law_only() -> Rules:
    return load_rules(promises=None)


def at(text: str) -> datetime:
    """`11-20 10:00` of 2026 on a wall in China."""
    full = text if text.startswith("20") else f"2026-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=SHANGHAI).astimezone(UTC)


def placed_at(row: Row) -> datetime:
    return datetime.combine(date.fromisoformat(row.get("下单", "2026-11-18")), time(10), tzinfo=SHANGHAI).astimezone(
        UTC
    )


def days_after(start: datetime, row: Row) -> datetime:
    day = legal_day(start) + timedelta(days=row.get("天", 0))
    return datetime.combine(day, time.fromisoformat(row.get("时刻", "15:00")), tzinfo=SHANGHAI).astimezone(UTC)


def order_of(row: Row, make_order: MakeOrder, **changes: Any) -> Order:
    is_gift = row["问"] == "赠品" and row.get("赠品") != "否" or row.get("赠品") == "是"
    wanted: dict[str, Any] = {
        "status": OrderStatus(row.get("状态", "signed")),
        "placed_at": placed_at(row),
        "paid_at": placed_at(row),
        "signed_at": SIGNED_AT if row.get("状态", "signed") == "signed" else None,
        "freight": Decimal(row.get("下单运费", "10.00")),
        "line": {
            "category": row.get("类", "shoes"),
            "quantity": row.get("共", 1),
            "paid": Decimal(row.get("实付", "0.00" if is_gift else "279.00")),
            "unit_price": Decimal(row.get("标价", "299.00")),
            "is_gift": is_gift,
        },
    }
    return make_order(**(wanted | changes))


def parcel(status: ShipmentStatus, moved_at: datetime | None, **changes: Any) -> Shipment:
    events = [TrackingEvent(at=moved_at, text="运输中")] if moved_at else []
    made: dict[str, Any] = {
        "shipment_id": "P1",
        "carrier": "ZTO",
        "carrier_name": "中通快递",
        "tracking_number": "78000000000001",
        "status": status,
        "events": events,
    }
    return Shipment(**(made | changes))


def shipping(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    scanned = row.get("揽收")
    parcels = []
    if scanned == "无":
        parcels = [parcel(ShipmentStatus.WAITING_PICKUP, None)]
    elif scanned:
        parcels = [parcel(ShipmentStatus.IN_TRANSIT, at(scanned))]
    due = at(row["最后发货"]) if "最后发货" in row else None
    order = order_of(row, make_order, ship_by=due, shipments=parcels)
    return decide_late_shipping(rules, ShippingFacts(order=order, now=at(row["现在"])))


def price(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    drops = {"L1": Decimal(row["现价"])} if "现价" in row else {}
    facts = PriceFacts(
        order=order_of(row, make_order, price_drops=drops),
        line_id="L1",
        now=days_after(placed_at(row), row),
        price_kind=PriceKind(row.get("价格", "page")),
        sku_now=row.get("规格", ""),
        quantity_before=row.get("已退件", 0),
        refunded_before=Decimal(row.get("已退款", "0.00")),
        protected_before=Decimal(row.get("已补", "0.00")),
    )
    return decide_price_protection(rules, facts)


def insurance(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    now = SIGNED_AT + timedelta(days=40)
    facts = InsuranceFacts(
        order=order_of(row, make_order, freight_insurance=row["有险"] == "是"),
        now=now,
        case_type=CaseType(row.get("类型", "return_refund")),
        reason=REASONS[row.get("原因", "不想要了")],
        confirmed_at=now - timedelta(hours=row["小时"]) if "小时" in row else None,
    )
    return decide_freight_insurance(rules, facts)


def refund_time(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    now = days_after(SIGNED_AT, row)
    facts = RefundFacts(
        order=order_of(row, make_order, payment_method=row.get("支付", "微信支付")),
        now=now,
        started_at=SIGNED_AT if "天" in row else None,
        paid_back_at=now if row.get("已退出") == "是" else None,
        member_level=MemberLevel(row.get("会员", "regular")),
    )
    return decide_refund_time(rules, facts)


def parcels(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    is_signed = "收" in row
    now = SIGNED_AT + timedelta(days=row["收"]) if is_signed else SIGNED_AT
    moved_at = now - timedelta(hours=row.get("停", 0))
    status = ShipmentStatus.SIGNED if is_signed else ShipmentStatus(row.get("快递", "in_transit"))
    made = parcel(
        status,
        None if row.get("轨迹") == "无" else moved_at,
        signed_at=SIGNED_AT if is_signed else None,
        signed_by=row.get("签收人", ""),
    )
    order = order_of(
        row,
        make_order,
        status=OrderStatus(row.get("状态", "signed" if is_signed else "shipped")),
        signed_at=SIGNED_AT if is_signed else None,
        shipped_at=moved_at,
        shipments=[] if row.get("包裹") == "无" else [made],
    )
    return decide_parcel(rules, ParcelFacts(order=order, now=now, trouble=TROUBLES[row["事"]]))


def invoices(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    facts = InvoiceFacts(
        order=order_of(row, make_order, invoice=Invoice(status=PAPERS[row["票"]])),
        now=SIGNED_AT,
        wish=WISHES[row["想"]],
        is_special=row.get("专票") == "是",
        is_refunded=row.get("已退") == "是",
    )
    return decide_invoice(rules, facts)


def gifts(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    order = order_of(row, make_order)
    return decide_gift(rules, GiftFacts(order=order, line_id="L1", now=SIGNED_AT, concern=CONCERNS[row["事"]]))


def deposits(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    facts = DepositFacts(
        order=order_of(row, make_order, goods_total=Decimal(row.get("总价", "300.00"))),
        now=SIGNED_AT,
        kind=DEPOSITS[row["款"]],
        deposit=Decimal(row["预付"]),
        is_balance_paid=row.get("尾款") == "是",
        is_shop_in_breach=row.get("违约") == "是",
    )
    return decide_deposit(rules, facts)


def damages(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    order = order_of(row, make_order)
    return decide_damages(rules, DamagesFacts(order=order, line_id="L1", now=SIGNED_AT, ground=GROUNDS[row["由"]]))


def restore(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    order = order_of(row, make_order, paid_at=None, cancelled_at=at(row["取消于"]) if "取消于" in row else None)
    return decide_restore(rules, RestoreFacts(order=order, now=at(row["现在"]), is_paid_back=row.get("已退款") == "是"))


def quantity(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    order = order_of(row, make_order).model_copy(update={"coupon": Decimal(row.get("券", "0.00"))})
    facts = QuantityFacts(
        order=order, line_id="L1", now=SIGNED_AT, wanted=row["改成"], is_being_refunded=row.get("在退") == "是"
    )
    return decide_quantity(rules, facts)


def cancel(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    return decide_cancel(rules, Facts(order=order_of(row, make_order), now=SIGNED_AT))


def warranty(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    facts = RepairFacts(
        order=order_of(row, make_order),
        line_id="L1",
        now=days_after(SIGNED_AT, row),
        symptom="开不了机",
        failed_repairs=row.get("修过", 0),
        repair_days=row.get("在修", 0),
        parts_days=row.get("等件", 0),
        past_repair_days=row.get("占用", 0),
        is_main_part=row.get("主要部件") == "是",
        replaced_at=SIGNED_AT + timedelta(days=row["换过"]) if "换过" in row else None,
    )
    return decide_repair(rules, facts)


ASK = {
    "发货": shipping,
    "价保": price,
    "运费险": insurance,
    "退款时限": refund_time,
    "包裹": parcels,
    "发票": invoices,
    "赠品": gifts,
    "预售款": deposits,
    "赔偿": damages,
    "取消": cancel,
    "恢复": restore,
    "改数量": quantity,
    "三包": warranty,
}


def decide(row: Row, rules: Rules, law_only: Rules, make_order: MakeOrder) -> Verdict:
    return ASK[row["问"]](row, law_only if row.get("承诺") == "否" else rules, make_order)


@pytest.mark.parametrize("row", ROWS, ids=[row["例"] for row in ROWS])
def test_the_table_decides(row: Row, rules: Rules, law_only: Rules, make_order: MakeOrder) -> None:
    verdict = decide(row, rules, law_only, make_order)

    assert set(row) <= {*COMMON.split(), *OWN[row["问"]].split()}
    assert verdict.decision.value == RESULTS[row["结果"]], verdict.explanation
    assert verdict.refund_total == (Decimal(row["退款"]) if "退款" in row else verdict.refund_total)
    if "运费" in row:
        assert verdict.freight_payer == PAYERS[row["运费"]]
    if "最后一天" in row:
        assert verdict.last_day
        assert in_chinese(verdict.last_day, seen_from=legal_day(SIGNED_AT)) == row["最后一天"]
    assert (verdict.rule_id, verdict.rule_version) == (
        row.get("规则", verdict.rule_id),
        row.get("版本", verdict.rule_version),
    )
    assert row.get("说", "") in verdict.explanation
    assert row.get("不说", "\0") not in verdict.explanation
    assert row.get("另可", "") in "｜".join(verdict.alternatives)


@pytest.mark.parametrize("row", ROWS, ids=[row["例"] for row in ROWS])
def test_every_verdict_cites_its_law_and_every_refusal_names_a_person(
    row: Row, rules: Rules, law_only: Rules, make_order: MakeOrder
) -> None:
    verdict = decide(row, rules, law_only, make_order)

    assert "法" in verdict.source
    assert "{" not in verdict.explanation
    assert 1 <= verdict.explanation.count("。") <= 3
    assert verdict.decision is Decision.ALLOWED or "转人工客服" in verdict.alternatives


def test_the_two_tables_hold_at_least_two_hundred_cases_each_named_once() -> None:
    names = [row["例"] for row in [*FIRST_TABLE, *ROWS]]

    assert len(names) >= 200
    assert len(set(names)) == len(names)
