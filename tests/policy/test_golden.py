"""The golden table of `golden.yml`: what a lawyer reads there is what the engine decides."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.shop import CaseReason, MemberLevel, Order, OrderStatus, ReturnTerms
from contracts.verdict import Verdict
from policy import (
    RepairFacts,
    ReturnFacts,
    Rules,
    decide_exchange,
    decide_refund_only,
    decide_repair,
    decide_return,
)
from policy.calendar import SHANGHAI, in_chinese, legal_day

Row = dict[str, Any]
MakeOrder = Callable[..., Order]
ROWS: list[Row] = yaml.safe_load((Path(__file__).parent / "golden.yml").read_text(encoding="utf-8"))
SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
REASONS = {
    "不想要了": CaseReason.NO_REASON,
    "尺码": CaseReason.SIZE,
    "太慢": CaseReason.LATE,
    "质量": CaseReason.QUALITY,
    "破损": CaseReason.DAMAGED,
    "发错": CaseReason.WRONG_ITEM,
    "少发": CaseReason.MISSING_ITEM,
    "不符": CaseReason.NOT_AS_DESCRIBED,
    "没收到": CaseReason.NOT_RECEIVED,
    "其他": CaseReason.OTHER,
}
TERMS = {
    "七天": ReturnTerms.SEVEN_DAYS,
    "法定除外": ReturnTerms.EXCLUDED_BY_LAW,
    "确认除外": ReturnTerms.EXCLUDED_CONFIRMED,
}
RESULTS = {"可以": "allowed", "不可以": "refused", "人工": "needs_person"}
PAYERS = {"顾客": "shopper", "商家": "shop"}
YES_NO = {"是": True, "否": False}
ASK = {"退货": decide_return, "换货": decide_exchange, "仅退款": decide_refund_only}
ASKED = "例 问 天 时刻 状态 下单 类 约定 原因 完好 拆封 会员 运费险 保修 症状"
PIECES = "共 退 实付 已退件 已退款 赠品 另一件 已超时"
ANSWER = "结果 运费 退款 最后一天 规则 版本 说 另可"
KNOWN = {*ASKED.split(), *PIECES.split(), *ANSWER.split()}


def now_of(row: Row) -> datetime:
    day = legal_day(SIGNED_AT) + timedelta(days=row.get("天", 0))
    clock = time.fromisoformat(row.get("时刻", "15:00"))
    return datetime.combine(day, clock, tzinfo=SHANGHAI).astimezone(UTC)


def order_of(row: Row, make_order: MakeOrder) -> Order:
    is_signed = "天" in row
    placed = date.fromisoformat(row.get("下单", "2026-11-18"))
    placed_at = datetime.combine(placed, time(2, 0), tzinfo=UTC)
    others = [make_order().lines[0].model_copy(update={"line_id": "L2"})] if row.get("另一件") == "是" else []
    return make_order(
        status=OrderStatus.SIGNED if is_signed else OrderStatus(row["状态"]),
        placed_at=placed_at,
        signed_at=SIGNED_AT if is_signed else None,
        ship_by=now_of(row) + timedelta(days=-1 if row.get("已超时") == "是" else 1),
        freight_insurance=row.get("运费险") == "是",
        others=others,
        line={
            "category": row.get("类", "shoes"),
            "quantity": row.get("共", 1),
            "paid": Decimal(row.get("实付", "279.00")),
            "is_gift": row.get("赠品") == "是",
            "return_terms": TERMS[row.get("约定", "七天")],
            "warranty_months": row.get("保修", 0),
        },
    )


def decide(row: Row, rules: Rules, make_order: MakeOrder) -> Verdict:
    order, now = order_of(row, make_order), now_of(row)
    if row["问"] == "维修":
        return decide_repair(rules, RepairFacts(order=order, line_id="L1", symptom=row.get("症状", ""), now=now))
    facts = ReturnFacts(
        order=order,
        line_id="L1",
        reason=REASONS[row["原因"]],
        quantity=row.get("退", row.get("共", 1)),
        now=now,
        member_level=MemberLevel(row.get("会员", "regular")),
        is_intact=YES_NO[row["完好"]] if "完好" in row else None,
        is_unsealed=YES_NO[row["拆封"]] if "拆封" in row else None,
        quantity_before=row.get("已退件", 0),
        refunded_before=Decimal(row.get("已退款", "0.00")),
    )
    return ASK[row["问"]](rules, facts)


@pytest.mark.parametrize("row", ROWS, ids=[row["例"] for row in ROWS])
def test_the_table_decides(row: Row, rules: Rules, make_order: MakeOrder) -> None:
    verdict = decide(row, rules, make_order)

    assert set(row) <= KNOWN
    assert verdict.decision.value == RESULTS[row["结果"]], verdict.explanation
    if "运费" in row:
        assert verdict.freight_payer == PAYERS[row["运费"]]
    if "退款" in row:
        assert verdict.refund_total == Decimal(row["退款"])
    if "最后一天" in row:
        assert verdict.last_day
        assert in_chinese(verdict.last_day, seen_from=legal_day(SIGNED_AT)) == row["最后一天"]
    assert verdict.rule_id == row.get("规则", verdict.rule_id)
    assert verdict.rule_version == row.get("版本", verdict.rule_version)
    assert row.get("说", "") in verdict.explanation
    assert row.get("另可", "") in "｜".join(verdict.alternatives)


@pytest.mark.parametrize("row", ROWS, ids=[row["例"] for row in ROWS])
def test_every_verdict_cites_its_law_and_every_refusal_names_a_person(
    row: Row, rules: Rules, make_order: MakeOrder
) -> None:
    verdict = decide(row, rules, make_order)

    assert "法" in verdict.source or "规定" in verdict.source
    assert "{" not in verdict.explanation
    assert 1 <= verdict.explanation.count("。") <= 2
    assert verdict.decision == "allowed" or "转人工客服" in verdict.alternatives


def test_the_table_is_long_enough_and_names_each_case_once() -> None:
    assert len(ROWS) >= 60
    assert len({row["例"] for row in ROWS}) == len(ROWS)
