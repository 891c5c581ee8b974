"""The words the actions need that are no sentences: read once from `wording.yml` and `intent_titles.yml`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contracts.shop import CaseReason, CaseType, PageLine

HERE = Path(__file__).parent


def _table(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return content


@dataclass(frozen=True)
class Topic:
    """What shoppers ask about, and what pages call it."""

    asks: re.Pattern[str]
    labels: re.Pattern[str]

    def fits(self, question: str, line: PageLine) -> bool:
        return bool(self.asks.search(question) and self.labels.search(line.label))


_WORDS = _table("wording.yml")

INTENT_TITLES: dict[str, str] = _table("intent_titles.yml")
CHOICE_TITLES: dict[str, str] = _WORDS["choices"]
CASE_TYPES: dict[str, str] = _WORDS["case_types"]
REASONS: dict[str, str] = _WORDS["reasons"]
ORDER_STATUSES: dict[str, str] = _WORDS["order_statuses"]
SHIPMENT_STATUSES: dict[str, str] = _WORDS["shipment_statuses"]
MEMBER_LEVELS: dict[str, str] = _WORDS["member_levels"]
SUMMARY_ROWS: dict[str, str] = _WORDS["summary_rows"]
CARRIERS: dict[str, str] = _WORDS["carriers"]
TRIED: dict[str, str] = _WORDS["tried"]
EVIDENCE: dict[str, str] = _WORDS["evidence"]
FORMS: dict[str, dict[str, str]] = _WORDS["forms"]
SLOTS: dict[str, str] = _WORDS["pick_up_slots"]
LATE_PROMISE: str = _WORDS["late_promise"]
TICKET_SUBJECTS: dict[str, str] = _WORDS["tickets"]

ORDER_STATE_WORDS = {state: re.compile(pattern) for state, pattern in _WORDS["order_state_words"].items()}
REASON_WORDS = [(CaseReason(name), re.compile(pattern)) for name, pattern in _WORDS["reason_words"].items()]
TYPE_WORDS = [(CaseType(name), re.compile(pattern)) for name, pattern in _WORDS["type_words"].items()]
FOR_ELDERS: dict[str, str] = _WORDS["for_elders"]
PAGE_TOPICS = [Topic(re.compile(asks), re.compile(labels)) for labels, asks in _WORDS["page_topics"].items()]
HELP_SUBJECTS = [re.compile(pattern) for pattern in _WORDS["help_subjects"]]
BARE_WORDS = {wish: re.compile(pattern) for wish, pattern in _WORDS["bare_words"].items()}
MEANT_AFTER = [(str(row["means"]), tuple(row["after"]), re.compile(row["words"])) for row in _WORDS["meant_after"]]
WISH_WORDS = {wish: re.compile(pattern) for wish, pattern in _WORDS["wish_words"].items()}
OPTION_WORDS = re.compile(_WORDS["option_words"])
PRODUCT_WORDS = {word: re.compile(pattern) for word, pattern in _WORDS["product_words"].items()}
