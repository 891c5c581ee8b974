"""Answers about after-sales cases: where they stand, what they pay back, and taking one back."""

import re
from abc import abstractmethod
from decimal import Decimal
from typing import Any, ClassVar

from actions import refund_amounts
from actions.base import ShopAction, begin_proof
from actions.cards import moment, yuan
from actions.choices import choice, person
from actions.errors import ShopRefused
from actions.goods_named import names
from actions.pick_up import arrange_pick_up, wants_pick_up
from actions.resume import AFTERSALE_FORM, begin_form
from actions.return_freight import claim_freight, wants_freight_back
from actions.return_parcels import WAITS_FOR_PARCEL, ask_for_number, take_parcel_number
from actions.rule_answers import question_of_rule, say_rule, say_topic
from actions.turn import Events, Turn, set_slots
from actions.verdicts import is_open
from contracts.bot_output import CaseCard, Choice, TicketCard
from contracts.shop import Case, CaseChange, CaseStatus, CaseStep, CaseType, MemberLevel, Ticket, TicketStatus
from contracts.verdict import Decision, FreightPayer
from policy import PAYS_BACK, RefundFacts, decide_refund_time

SENT = re.compile(r"已经?(?:寄|发)|寄(?:了|出|走|好|回去)|发出去|填(?:一?下)?(?:单号|快递|运单)|单号.{0,4}填")
REJECTED = re.compile(r"拒|驳|没通过|不通过|没过|不同意|为什么不")
SHOWN_CASES = 3
SENT_BACK = frozenset({CaseType.RETURN_REFUND, CaseType.EXCHANGE, CaseType.REPAIR})
KIND_WORDS = {
    CaseType.EXCHANGE: "换",
    CaseType.REPAIR: "修",
    CaseType.RESEND: "补",
    CaseType.REFUND_ONLY: "退款",
    CaseType.RETURN_REFUND: "退",
    CaseType.INTERCEPT: "拦截",
    CaseType.PRICE_PROTECTION: "差价",
}


class CaseAction(ShopAction):
    """An answer about the shopper's cases, newest first; those under way stand before those that are over."""

    none_response: ClassVar[str] = "utter_no_cases"
    is_about_goods = True
    is_about_one: ClassVar[bool] = False  # then the case just spoken of stands before the others

    async def answer(self, turn: Turn, intent: str) -> Events:
        if not turn.is_signed_in and not turn.slot("proved_orders"):
            return begin_proof(intent)
        cases = self._of_goods(turn, [case for case in await known_cases(turn) if self.fits(case)])
        if not cases:
            await self.say_none(turn, intent)
            return set_slots(pending_intent=None)
        events = await self.answer_about(turn, _relevant(turn, cases, self.is_about_one), intent)
        noted = turn.note("looked_up_cases", case_ids="、".join(case.case_id for case in cases[:SHOWN_CASES]))
        return [*noted, *set_slots(pending_intent=None), *events]

    def fits(self, case: Case) -> bool:
        return True

    async def say_none(self, turn: Turn, intent: str) -> None:
        turn.say(self.none_response)

    def _of_goods(self, turn: Turn, cases: list[Case]) -> list[Case]:
        """The cases of the goods that are named; an answer about one case is never about another's goods."""
        words = turn.message.entities.get("product", ())
        mine = [case for case in cases if any(names(word, case.title) for word in words)]
        return mine if mine or (words and self.is_about_one) else cases

    @abstractmethod
    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events: ...


class ActionShowCases(CaseAction):
    action_name = "action_show_cases"
    intents = ("aftersale_progress",)

    async def say_none(self, turn: Turn, intent: str) -> None:
        """A general question, or something else that is being seen to ("枕头处理得怎么样了" after a claim)."""
        topic, tickets = question_of_rule(turn), await _open_tickets(turn)
        if topic:
            say_topic(turn, topic)
        elif tickets:
            say_tickets(turn, tickets)
        else:
            turn.say(self.none_response)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        if len(cases) > 1:
            return say_cases(turn, cases, "utter_cases_progress", [person()], count=str(len(cases)))
        withdraw = [choice("aftersale_cancel", case_id=cases[0].case_id)] if is_open(cases[0]) else []
        if cases[0].status is CaseStatus.REJECTED:
            events = say_cases(turn, cases, "utter_case_rejected", [person(primary=True)], why=_why_rejected(cases[0]))
            return [*events, *_not_accepted(True)]
        return say_cases(turn, cases, "utter_case_progress", [*withdraw, person()])


class ActionShowRefund(CaseAction):
    action_name = "action_show_refund"
    intents = ("refund_progress",)

    def fits(self, case: Case) -> bool:
        return case.type in PAYS_BACK

    async def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        case = cases[0]
        if case.status not in (CaseStatus.REFUNDING, CaseStatus.DONE):
            return say_cases(turn, cases, "utter_refund_progress", [person()])
        verdict = decide_refund_time(turn.services.rules, await _refund_facts(turn, case))
        words = {"amount": yuan(case.refund_amount or Decimal(0)), "explanation": verdict.explanation}
        if case.status is CaseStatus.DONE:
            return say_cases(turn, cases, "utter_refund_paid", [person()], **words)
        if verdict.decision is Decision.NEEDS_PERSON:
            said = say_cases(turn, cases, "utter_refund_overdue", [person(primary=True)], **words)
            return [*said, *set_slots(handoff_reason="policy_needs_person")]
        return say_cases(turn, cases, "utter_refund_progress", [person()])


class ActionExplainRefundAmount(CaseAction):
    action_name = "action_explain_refund_amount"
    intents = ("refund_amount",)
    is_about_one = True

    async def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    def fits(self, case: Case) -> bool:
        return case.type in PAYS_BACK and case.refund_amount is not None

    async def answer(self, turn: Turn, intent: str) -> Events:
        """In a form the question is about the wish that is being filled in."""
        lines = await refund_amounts.lines_of_wish(turn)
        if not lines:
            return await super().answer(turn, intent)
        total = sum((line.amount for line in lines), Decimal(0))
        turn.say("utter_refund_amount_expected", amount=yuan(total), lines=refund_amounts.in_words(lines))
        return []

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        case = cases[0]
        lines = await refund_amounts.lines_of_case(turn, case)
        return say_cases(
            turn,
            [case],
            "utter_refund_amount_by_line" if lines else "utter_refund_amount_of_case",
            [person(primary=True)],
            amount=yuan(case.refund_amount or Decimal(0)),
            lines=refund_amounts.in_words(lines),
        )


class ActionTellReturnAddress(CaseAction):
    action_name = "action_tell_return_address"
    intents = ("return_shipping",)
    none_response = "utter_return_shipping"
    is_about_one = True

    def fits(self, case: Case) -> bool:
        return is_open(case) and case.type in SENT_BACK

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form:
            turn.say("utter_return_shipping_later")
            return []
        if turn.is_signed_in or turn.slot("proved_orders"):
            taken = await take_parcel_number(turn, await known_cases(turn))
            if taken is not None:
                return taken
        return await super().answer(turn, intent)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        case = cases[0]
        if wants_pick_up(turn, case):
            return await arrange_pick_up(turn, case)
        if SENT.search(turn.message.text) and case.status in WAITS_FOR_PARCEL:
            return ask_for_number(turn, case)
        response = "utter_return_address" if case.return_address else "utter_return_address_pending"
        collect = [choice(intent, title="pick_up", case_id=case.case_id, choice="pick_up")]
        ways = [*(collect if case.status in WAITS_FOR_PARCEL else []), person()]
        return say_cases(turn, [case], response, ways, address=case.return_address)


class ActionTellReturnFreight(CaseAction):
    """Who pays is in the verdict of the case; without one the general rule is told."""

    action_name = "action_tell_return_freight"
    intents = ("return_freight",)
    is_about_one = True

    async def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    def fits(self, case: Case) -> bool:
        return is_open(case) and case.type in SENT_BACK and case.freight_payer is not None

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form or not turn.is_signed_in:
            await self.say_none(turn, intent)
            return []
        return await super().answer(turn, intent)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        by_shop = cases[0].freight_payer is FreightPayer.SHOP
        if by_shop and wants_freight_back(turn):
            return await claim_freight(turn, cases[0])
        return say_cases(
            turn, cases[:1], "utter_freight_by_shop" if by_shop else "utter_freight_by_shopper", [person()]
        )


class ActionChangeCase(CaseAction):
    action_name = "action_change_case"
    intents = ("aftersale_modify",)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        case = cases[0]
        rejected = case.status in (CaseStatus.REJECTED, CaseStatus.DISPUTED)
        response = "utter_case_rejected" if rejected else "utter_case_change"
        withdraw = [choice("aftersale_cancel", case_id=case.case_id)] if is_open(case) else []
        events = say_cases(turn, [case], response, [person(primary=True), *withdraw], why=_why_rejected(case))
        return [*events, *_not_accepted(rejected)]


class ActionWithdrawCase(CaseAction):
    """Taking a case back is confirmed first, and done with the version the shopper saw."""

    action_name = "action_withdraw_case"
    intents = ("aftersale_cancel",)
    none_response = "utter_no_case_to_withdraw"

    def fits(self, case: Case) -> bool:
        return is_open(case)

    async def answer_about(self, turn: Turn, cases: list[Case], intent: str) -> Events:
        case = cases[0]
        if len(cases) > 1 and not turn.message.entity("case_id"):
            picks = [Choice(title=c.title[:40], intent=intent, entities={"case_id": c.case_id}) for c in cases]
            return say_cases(turn, cases, "utter_ask_which_case", [*picks[:SHOWN_CASES], person()])
        if turn.message.choice == "confirm":
            return await self._withdraw(turn, case)
        agree = choice(intent, title="confirm_withdraw", primary=True, case_id=case.case_id, choice="confirm")
        keep = choice("deny", title="keep_case", choice="stop")
        return say_cases(turn, [case], "utter_confirm_withdraw", [agree, keep])

    async def _withdraw(self, turn: Turn, case: Case) -> Events:
        try:
            changed = await turn.shop.change_case(
                case.case_id, CaseChange(step=CaseStep.WITHDRAW, version=case.version)
            )
        except ShopRefused:
            return say_cases(turn, [case], "utter_case_cannot_be_withdrawn", [person(primary=True)])
        events = say_cases(turn, [changed], "utter_case_withdrawn", [choice("return_apply"), person()])
        noted = turn.note("withdrew_case", case_id=case.case_id)
        wish = turn.slot("instead_of_case")
        if not wish or wish["order_number"] != case.order_number:
            return [*events, *noted]
        return [*events, *noted, *set_slots(**wish, instead_of_case=None), begin_form(AFTERSALE_FORM)]


async def _refund_facts(turn: Turn, case: Case) -> RefundFacts:
    """The clock of a refund runs from when the goods were back, else from when it was agreed."""
    order = await turn.shop.order(case.order_number)
    level = (await turn.shop.shopper()).level if turn.is_signed_in else MemberLevel.REGULAR
    moved = {event.step: event.at for event in case.history}
    started_at = moved.get(CaseStep.RECEIVE) or moved.get(CaseStep.APPROVE) or case.created_at
    paid_at = case.history[-1].at if case.history and case.status is CaseStatus.DONE else None
    return RefundFacts(order=order, now=turn.now, started_at=started_at, paid_back_at=paid_at, member_level=level)


def _why_rejected(case: Case) -> str:
    """What the shop wrote when it said no, as a sentence of its own."""
    notes = [event.note for event in case.history if event.step == CaseStep.REJECT and event.note]
    return f"审核说明：{notes[-1].rstrip('。')}。" if notes else ""


async def _open_tickets(turn: Turn) -> list[Ticket]:
    return [ticket for ticket in await turn.shop.tickets() if ticket.status is not TicketStatus.DONE]


def say_tickets(turn: Turn, tickets: list[Ticket]) -> None:
    """What the shop is seeing to, newest first."""
    newest = sorted(tickets, key=lambda ticket: ticket.created_at, reverse=True)
    turn.say(
        "utter_ticket_progress",
        cards=[TicketCard(ticket=ticket) for ticket in newest[:SHOWN_CASES]],
        choices=[person()],
        subject=newest[0].subject,
        ticket_id=newest[0].ticket_id,
        owner=newest[0].owner,
        deadline=moment(newest[0].deadline_at),
    )


def _not_accepted(is_rejected: bool) -> Events:
    """Whoever asks for a person after a refusal asks for a second look at it."""
    return set_slots(handoff_reason="policy_needs_person") if is_rejected else []


def say_cases(turn: Turn, cases: list[Case], response: str, choices: list[Choice], **words: Any) -> Events:
    first = cases[0]
    turn.say(
        response,
        cards=[CaseCard(case=case) for case in cases[:SHOWN_CASES]],
        choices=choices,
        case_id=first.case_id,
        next_step=first.next_step,
        title=first.title,
        **words,
    )
    return set_slots(case_id=first.case_id, order_number=first.order_number)


async def known_cases(turn: Turn) -> list[Case]:
    if turn.is_signed_in:
        found = await turn.shop.cases()
    else:
        found = [case for number in turn.slot("proved_orders") or [] for case in await turn.shop.cases(number)]
    return sorted(found, key=lambda case: (is_open(case), case.created_at), reverse=True)


def _relevant(turn: Turn, cases: list[Case], is_about_one: bool) -> list[Case]:
    """The case that is named, by its number or its kind; else all under way; else only the latest."""
    rejected = [case for case in cases if case.status is CaseStatus.REJECTED]
    if rejected and REJECTED.search(turn.message.text):
        return rejected
    number = turn.message.entity("case_id") or (turn.slot("case_id") if is_about_one else None)
    named = [case for case in cases if case.case_id == number]
    of_kind = [case for case in cases if KIND_WORDS[case.type] in turn.message.text]
    under_way = [case for case in of_kind or cases if is_open(case)]
    return named or under_way or of_kind[:1] or cases[:1]
