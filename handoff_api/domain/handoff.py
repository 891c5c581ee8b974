"""Why a conversation goes to a person, and what that person is told, so that the shopper repeats nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from contracts.bot_output import HandoffRequest
from contracts.events import HandoffPackage

Priority = Literal["normal", "high", "emergency"]

BOOST_MS: dict[Priority, int] = {"normal": 0, "high": 3 * 60_000, "emergency": 60 * 60_000}
"""How much earlier a waiting conversation looks. Bounded, so nobody waits for ever behind the urgent ones."""

_ORDER: tuple[Priority, ...] = ("normal", "high", "emergency")


@dataclass(frozen=True)
class Reason:
    """`text` is what the agent reads; `priority` the least this reason deserves; `skill` who is best at it."""

    text: str
    priority: Priority = "normal"
    skill: str = "general"


REASONS: dict[str, Reason] = {
    # the bot's (`actions/wording.yml`, `evidence`)
    "asked_for_person": Reason("顾客要求人工"),
    "not_understood_twice": Reason("智能客服连续两次没有听懂"),
    "complaint": Reason("顾客投诉", "high", "complaint"),
    "abuse": Reason("顾客情绪激动", "high", "complaint"),
    "emergency": Reason("人身或财产安全紧急情况", "emergency", "quality"),
    "identity_data": Reason("顾客发送了证件或银行卡信息", "high"),
    "policy_needs_person": Reason("按规则需要人工核实"),
    "high_value": Reason("金额较高，需要人工处理", "high"),
    "shop_unavailable": Reason("店铺系统暂时无法访问"),
    "other": Reason("智能客服转接"),
    # the bridge's own
    "bot_failed": Reason("智能客服没有响应"),
    "left_message": Reason("顾客留言"),
}
_UNLISTED = REASONS["other"]


def reason_of(word: str) -> Reason:
    """An unlisted word is no mistake worth losing a handoff for."""
    return REASONS.get(word, _UNLISTED)


def stronger(one: Priority, other: Priority) -> Priority:
    return max(one, other, key=_ORDER.index)


def build_package(request: HandoffRequest, slots: Mapping[str, Any], *, now: datetime) -> HandoffPackage:
    """`slots` is what the bot's tracker held; the request's own slots win over it."""
    reason = reason_of(request.reason)
    known = {**slots, **request.slots}
    return HandoffPackage(
        reason=request.reason,
        reason_text=reason.text,
        evidence=request.evidence,
        priority=stronger(reason.priority, request.priority),
        skill=request.skill if request.skill != "general" else reason.skill,
        summary=_summary(request, reason),
        slots=known,
        tried=request.tried,
        verdicts=[verdict.model_dump(mode="json") for verdict in request.verdicts],
        order_number=request.order_number or known.get("order_number"),
        requested_at=now,
    )


def _summary(request: HandoffRequest, reason: Reason) -> list[str]:
    lines = [f"转人工原因：{reason.text}"]
    if request.evidence:
        lines.append(f"依据：{request.evidence}")
    if request.order_number:
        lines.append(f"涉及订单：{request.order_number}")
    lines += [f"已处理：{step}" for step in request.tried]
    lines += [f"规则结论：{verdict.explanation}" for verdict in request.verdicts]
    return lines
