"""The request for a person as it travels in a reply: why, what is known, what was tried."""

from collections.abc import Iterable
from typing import Any, Literal

from rasa_sdk.events import ActiveLoop

from actions.turn import Events, Turn, set_slots
from actions.wording import CASE_TYPES, EVIDENCE, INTENT_TITLES, REASONS
from contracts.bot_output import HandoffRequest
from contracts.verdict import Verdict

EVIDENCE_LENGTH = 200
CAPABILITIES = {
    "order": ("order", "payment"),
    "logistics": ("logistics",),
    "aftersale": ("return", "refund", "aftersale", "exchange"),
    "repair": ("repair", "install"),
    "quality": ("quality",),
    "price": ("price", "coupon", "promotion", "member"),
    "invoice": ("invoice",),
    "complaint": ("complaint", "review"),
    "account": ("account", "privacy"),
    "product": ("product",),
}
SKILL_OF_PREFIX = {prefix: skill for skill, prefixes in CAPABILITIES.items() for prefix in prefixes}
INVOICE_WISH = ("invoice_title", "tax_number", "email")
PASSED_ON = (
    "order_number",
    "line_id",
    "case_id",
    "case_type",
    "case_reason",
    "wanted_option",
    "description",
    *INVOICE_WISH,
)

type Priority = Literal["normal", "high", "emergency"]


def request_person(
    turn: Turn, reason: str, *, response: str = "utter_handoff_requested", priority: Priority = "normal"
) -> Events:
    """Say one short line, hand over everything that is known, and leave any form."""
    request = HandoffRequest(
        reason=reason,
        evidence=EVIDENCE[reason].format(text=turn.substance[:EVIDENCE_LENGTH]),
        skill=skill_for(turn.intents_newest_first()),
        priority=priority,
        slots=_known(turn),
        tried=turn.slot("tried") or [],
        verdicts=_verdicts(turn),
        order_number=turn.slot("order_number") or turn.page_order_number,
    )
    turn.say(response, handoff=request)
    left = dict.fromkeys(("requested_slot", "pending_intent", "handoff_reason", "second_intent"))
    return [ActiveLoop(None), *set_slots(**left)]


def hand_over_identity_data(turn: Turn) -> Events:
    """Warn, repeat nothing of it, and go to a person (GB/T 47746-2026)."""
    return request_person(turn, "identity_data", response="utter_identity_data", priority="high")


def skill_for(intents: Iterable[str]) -> str:
    """The capability the conversation was last about; small talk and the request itself name none."""
    named = (SKILL_OF_PREFIX.get(intent.split("_")[0]) for intent in intents)
    return next((skill for skill in named if skill), "general")


def _known(turn: Turn) -> dict[str, Any]:
    """What the bot knows, codes put into words."""
    known = {name: turn.slot(name) for name in PASSED_ON if turn.slot(name)}
    tables = {"case_type": CASE_TYPES, "case_reason": REASONS}
    said = {name: tables.get(name, {}).get(value, value) for name, value in known.items()}
    waiting = turn.message.second.intent if turn.message.second else (turn.slot("second_intent") or {}).get("intent")
    return said | ({"second_wish": INTENT_TITLES[waiting]} if waiting in INTENT_TITLES else {})


def _verdicts(turn: Turn) -> list[Verdict]:
    last = turn.slot("last_verdict")
    return [Verdict.model_validate(last)] if last else []
