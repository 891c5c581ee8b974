"""The way from a wish to a case: goods, reason, verdict, agreement, case. One question a turn, none that is known.

Each `_settle_…` fills what the shop's facts already tell, or answers with the one question that is open.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from actions.aftersale_draft import CORRECTS, Ask, Draft, Heard, Mood
from actions.base import begin_proof, order_cards
from actions.cards import goods_text, wish_summary
from actions.choices import (
    START_INTENTS,
    choice,
    line_choice,
    option_choice,
    person,
    reason_choices,
    start_choice,
    ways_out,
)
from actions.errors import OrderNotFound, ShopRefused
from actions.exchange_stock import Wanted, in_stock, option_text, option_wanted
from actions.goods_named import known_kind, named_orders, narrow_lines
from actions.message import ALL_OF_THEM, ALL_PIECES, Message, case_type_in, words_for_goods
from actions.orders_search import Search, find_order, pick_by_words, titles_of
from actions.pictures import attach, pictures_of
from actions.resume import take_up
from actions.rule_answers import question_of_rule, say_topic
from actions.second_wishes import keep_rest
from actions.turn import Events, Turn, set_slots
from actions.verdicts import decide, fits_service, fitting_type, is_open, quantity_left
from actions.wording import CASE_TYPES
from contracts.bot_output import CaseCard, Choice, SummaryCard, VerdictCard
from contracts.shop import Case, CaseReason, CaseType, MemberLevel, NewCase, Order, OrderLine, OrderOption, OrderStatus
from contracts.verdict import Decision, Verdict
from policy import ShippingFacts, answer_question, decide_late_shipping, evidence_for

NOTHING_TO_SETTLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED})
SAME_AGAIN = frozenset({CaseReason.QUALITY, CaseReason.DAMAGED, CaseReason.WRONG_ITEM, CaseReason.MISSING_ITEM})
AGAIN = {
    "utter_ask_which_order_for": "utter_ask_which_order_again",
    "utter_ask_which_goods": "utter_ask_which_goods_again",
    "utter_request_case_reason": "utter_request_reason_again",
    "utter_request_wanted_option": "utter_request_option_again",
    "utter_ask_symptom": "utter_ask_symptom_again",
}  # asked a second time: shorter, and it says what for
SHOWN_OPTIONS = 6
MOST_PIECES = 4  # more than these are typed


@dataclass(frozen=True)
class Reply:
    """`asked` is the question now open; None ends the form."""

    draft: Draft
    asked: Ask | None = None
    events: Events = field(default_factory=list)


class AftersaleDesk:
    """Serves one turn. `message` is empty when the form only repeats its question after a digression."""

    def __init__(self, turn: Turn, heard: Heard, message: Message) -> None:
        self.turn = turn
        self.draft = heard.draft
        self.mood = heard.mood
        self.message = message
        self._rejected = heard.rejected
        self.order: Order | None = None
        self.line: OrderLine | None = None
        self.cases: list[Case] = []
        self._kept: Events = []

    async def serve(self) -> Reply:
        if self.mood is Mood.STOP:
            return self._say_stopped()
        settlers: list[Callable[[], Awaitable[Reply | None]]] = [
            self._settle_order,
            self._settle_line,
            self._settle_open_case,
            self._settle_hopeless,
            self._settle_quantity,
            self._settle_reason,
            self._settle_wanted,
        ]
        for settle in settlers:
            reply = await settle()
            if reply is not None:
                return self._with_kept(reply)
        return self._with_kept(await self._settle_agreement())

    def _with_kept(self, reply: Reply) -> Reply:
        return replace(reply, events=[*reply.events, *self._kept])

    # --- which goods -----------------------------------------------------------------------------------------------
    async def _settle_order(self) -> Reply | None:
        if self.mood is Mood.NONE_OF_THESE:
            return self._ask(Ask.ORDER, "utter_request_order_number", choices=[person()])
        search = await self._search()
        if search.needs_proof:
            return Reply(self.draft, events=begin_proof(START_INTENTS[self.draft.case_type]))
        if search.order is None:
            return self._ask_order(search)
        self.order = search.order
        self.draft = replace(
            self.draft,
            order_number=search.order.order_number,
            case_type=self._type_for(search.order),
        )
        return None

    def _type_for(self, order: Order) -> CaseType:
        """ "不退货，光退钱" is judged as it was asked for; a mere "退款" of goods at home is a return."""
        is_named = case_type_in(self.draft.description) is CaseType.REFUND_ONLY
        is_asked = is_named and self.draft.case_type is CaseType.REFUND_ONLY
        return self.draft.case_type if is_asked else fitting_type(self.draft.case_type, order)

    async def _search(self) -> Search:
        if self.draft.order_number:
            try:
                order = await self.turn.shop.order(self.draft.order_number)
                if not self._names_other_goods(order):
                    return Search(order=order)
                self.draft = replace(self.draft, order_number=None, line_id=None, quantity=None)
            except OrderNotFound:
                return Search(unknown_number=self.draft.order_number, needs_proof=not self.turn.is_signed_in)
        search = await find_order(
            self.turn,
            lambda order: fits_service(self.draft.case_type, order),
            message=self._message_on_goods,
            is_open_choice=self.mood is Mood.CHOOSE_AGAIN,
            rejected=self._rejected,
        )
        if search.order is None and self.draft.asked is Ask.ORDER and self.message.is_free_text:
            return replace(search, order=pick_by_words(self.message.text, titles_of(search.candidates)))
        return search

    def _names_other_goods(self, order: Order) -> bool:
        """ "重新来，我要退大衣" while the shoes are under discussion."""
        is_wish = self.message.intent in CORRECTS and not self.message.choice
        return is_wish and known_kind(self.message) is not None and not named_orders(self.message, [order])

    @property
    def _message_on_goods(self) -> Message:
        """The latest message; where it names nothing, what the wish began with ("跑鞋要换", "那42吧")."""
        names_something = words_for_goods(self.message) or self.message.entity("sku_option")
        if self.mood is Mood.CHOOSE_AGAIN or names_something:
            return self.message
        return replace(self.message, text=f"{self.message.text}，{self.draft.description}")

    def _ask_order(self, search: Search) -> Reply:
        self.draft = replace(self.draft, order_number=None, line_id=None)
        if search.unknown_number:
            return self._ask(Ask.ORDER, "utter_order_not_found", number=search.unknown_number, choices=[person()])
        if search.unknown_goods and search.candidates:
            cards = order_cards(search.candidates, "inform")
            return self._ask(
                Ask.ORDER, "utter_goods_not_found", goods=search.unknown_goods, cards=cards, choices=[person()]
            )
        if not search.candidates:
            self.turn.say("utter_no_order_for_service", service=self._service)
            return Reply(self.draft)
        cards = order_cards(search.candidates, "inform")
        return self._ask(Ask.ORDER, "utter_ask_which_order_for", service=self._service, cards=cards, choices=[person()])

    async def _settle_line(self) -> Reply | None:
        lines = [line for line in self._known_order.lines if not line.is_gift] or self._known_order.lines
        self.line = self._line_among(lines)
        if self.line is None and ALL_OF_THEM.search(self.message.text):
            self.line, rest = lines[0], lines[1:]
            self._kept = keep_rest(START_INTENTS[self.draft.case_type], self._known_order.order_number, rest)
        if self.line is None:
            return self._ask(Ask.LINE, "utter_ask_which_goods", choices=[line_choice(line) for line in lines])
        self.draft = replace(self.draft, line_id=self.line.line_id)
        return None

    def _line_among(self, lines: list[OrderLine]) -> OrderLine | None:
        if self.draft.line_id:
            return next((line for line in self._known_order.lines if line.line_id == self.draft.line_id), None)
        named = narrow_lines(self._message_on_goods, lines)
        if len(named) > 1 and self.draft.asked is Ask.LINE and self.message.is_free_text:
            return pick_by_words(self.message.text, {goods_text(line): line for line in named})
        return named[0] if len(named) == 1 else None

    async def _settle_open_case(self) -> Reply | None:
        """Goods that have a case under way, or none left to send back, get no second one."""
        self.cases = await self.turn.shop.cases(self._known_order.order_number)
        about_goods = (case for case in self.cases if case.type is not CaseType.PRICE_PROTECTION)
        mine = [case for case in about_goods if case.line_id == self._known_line.line_id]
        under_way = next((case for case in mine if is_open(case)), None)
        if under_way is None and quantity_left(self._known_line, self.cases) > 0:
            return None
        shown = under_way or mine[0]
        withdraw = [choice("aftersale_cancel", case_id=shown.case_id)] if under_way else []
        other = choice(START_INTENTS[self.draft.case_type], title="other_item", choice="other")
        topic = question_of_rule(self.turn)
        if topic:
            say_topic(self.turn, topic)
            return Reply(self.draft, events=set_slots(case_id=shown.case_id))
        is_other = under_way is not None and shown.type is not self.draft.case_type
        self.turn.say(
            "utter_case_exists_other" if is_other else "utter_case_exists",
            cards=[CaseCard(case=shown)],
            choices=[*withdraw, other, person()],
            known=CASE_TYPES[shown.type.value],
            service=self._service,
        )
        wish = self.draft.to_slots() if is_other else None
        return Reply(self.draft, events=set_slots(case_id=shown.case_id, instead_of_case=wish))

    async def _settle_hopeless(self) -> Reply | None:
        """No reason makes a case of what was never paid, is cancelled, or has not left yet: nobody is asked for one."""
        status = self._known_order.status
        is_here = status is OrderStatus.PAID and self.draft.case_type in (CaseType.EXCHANGE, CaseType.REPAIR)
        if status not in NOTHING_TO_SETTLE and not is_here:
            return None
        if is_here and self.draft.case_type is CaseType.EXCHANGE:
            return Reply(self.draft, events=await take_up(self.turn, "order_change_items"))
        verdict = await self._decide()
        return self._say_verdict(verdict) if verdict and verdict.decision is not Decision.ALLOWED else None

    # --- what and why ----------------------------------------------------------------------------------------------
    async def _settle_quantity(self) -> Reply | None:
        left = quantity_left(self._known_line, self.cases)
        if self.draft.quantity == ALL_PIECES:
            self.draft = replace(self.draft, quantity=left)
        if self.draft.quantity and self.draft.quantity <= left:
            return None
        known = {CaseType.REPAIR: 1, CaseType.REFUND_ONLY: left}.get(self.draft.case_type, 1 if left == 1 else None)
        if known:
            self.draft = replace(self.draft, quantity=known)
            return None
        pieces = [
            Choice(title=f"{n}件", intent="inform", entities={"quantity": str(n)})
            for n in range(1, min(left, MOST_PIECES) + 1)
        ]
        return self._ask(Ask.QUANTITY, "utter_request_case_quantity", left=str(left), choices=pieces)

    async def _settle_reason(self) -> Reply | None:
        if self.draft.reason is None and self._has_not_left:
            self.draft = replace(self.draft, reason=CaseReason.LATE if self._is_late else CaseReason.NO_REASON)
        if self.draft.reason is None and self.draft.case_type is CaseType.REPAIR:
            return self._ask(Ask.REASON, "utter_ask_symptom")
        if self.draft.reason is None:
            return self._ask(
                Ask.REASON,
                "utter_request_case_reason",
                service=self._service,
                goods=goods_text(self._known_line),
                choices=reason_choices(self.draft.case_type),
            )
        return None

    async def _settle_wanted(self) -> Reply | None:
        """Another option of the goods, which must be there; the same again needs no question."""
        if self.draft.case_type is not CaseType.EXCHANGE or self.draft.reason in SAME_AGAIN:
            return None
        line = self._known_line
        options = await self.turn.shop.order_options(self._known_order.order_number, line.line_id)
        if not options and self.draft.wanted:
            return None  # goods without options, or a shop that does not tell them
        wanted = option_wanted(self.draft.wanted or "", line, options) if self.draft.wanted else None
        if wanted and wanted.option:
            self.draft = replace(self.draft, wanted=option_text(wanted.option))
            return None
        if wanted and not wanted.sold_out and not wanted.is_unknown and not wanted.near:
            return None  # the same once more, in the shopper's words
        return self._ask_option(wanted, in_stock(line, options), bool(options))

    def _ask_option(self, wanted: Wanted | None, there: list[OrderOption], has_options: bool) -> Reply:
        said, goods = self.draft.wanted or "", goods_text(self._known_line)
        self.draft = replace(self.draft, wanted=None)
        picks = [option_choice(option) for option in (wanted.near if wanted and wanted.near else there)[:SHOWN_OPTIONS]]
        if has_options and not there:
            ways = [start_choice(CaseType.RETURN_REFUND), person()]
            return self._ask(Ask.WANTED, "utter_ask_nothing_to_exchange", goods=goods, choices=ways)
        if wanted and (wanted.sold_out or wanted.is_unknown):
            response = "utter_ask_option_sold_out" if wanted.sold_out else "utter_ask_option_unknown"
            named = option_text(wanted.sold_out) if wanted.sold_out else said
            return self._ask(Ask.WANTED, response, wanted=named, choices=[*picks, person()])
        return self._ask(Ask.WANTED, "utter_request_wanted_option", choices=picks)

    # --- verdict and agreement -------------------------------------------------------------------------------------
    async def _settle_agreement(self) -> Reply:
        verdict = await self._decide()
        if self.mood is Mood.CONFIRM and (verdict is None or verdict.decision is Decision.ALLOWED):
            return await self._open_case(verdict)
        if self.mood is Mood.CHANGE_SOMETHING:
            return self._ask(Ask.CONFIRM, "utter_ask_what_to_change", choices=self._changes())
        if verdict is None:
            self._say_photos()
            return self._ask(Ask.CONFIRM, "utter_confirm_resend", cards=[self._summary()], choices=self._agreement())
        return self._say_verdict(verdict)

    async def _decide(self) -> Verdict | None:
        return decide(
            self.turn.services.rules,
            self.draft.case_type,
            order=self._known_order,
            line=self._known_line,
            quantity=self.draft.quantity or 1,
            reason=self.draft.reason or CaseReason.OTHER,
            description=self.draft.description,
            level=await self._level(),
            cases=self.cases,
            now=self.turn.now,
        )

    async def _level(self) -> MemberLevel:
        return (await self.turn.shop.shopper()).level if self.turn.is_signed_in else MemberLevel.REGULAR

    def _say_verdict(self, verdict: Verdict) -> Reply:
        cards = [VerdictCard(title=self._service, verdict=verdict)]
        words: dict[str, Any] = {
            "service": self._service,
            "goods": goods_text(self._known_line),
            "explanation": verdict.explanation,
        }
        noted = [
            *set_slots(last_verdict=verdict.model_dump(mode="json")),
            *self.turn.note("decided", wish=self._service, explanation=verdict.explanation),
        ]
        if verdict.decision is Decision.ALLOWED and self._is_repeating:
            self.turn.say("utter_confirm_again", choices=self._agreement(), service=self._service)
            return Reply(self.draft, Ask.CONFIRM)
        if verdict.decision is Decision.ALLOWED:
            self._say_photos()
            self._say_gift()
            self.turn.say("utter_confirm_case", cards=[*cards, self._summary()], choices=self._agreement(), **words)
            return Reply(self.draft, Ask.CONFIRM, noted)
        if verdict.decision is Decision.NEEDS_PERSON:
            if self.draft.reason is CaseReason.OTHER:
                return self._ask_clearer_reason(cards, noted, words)
            self.turn.say("utter_case_needs_person", cards=cards, choices=[person(primary=True)], **words)
            return Reply(self.draft, events=[*noted, *set_slots(handoff_reason="policy_needs_person")])
        goods = {"order_number": self._known_order.order_number, "line_id": self._known_line.line_id}
        ways = ways_out(verdict, goods | {"case_reason": (self.draft.reason or CaseReason.OTHER).value})
        self.turn.say("utter_case_refused", cards=cards, choices=ways, **words)
        return Reply(self.draft, events=[*noted, *set_slots(handoff_reason="policy_needs_person")])

    def _ask_clearer_reason(self, cards: list[VerdictCard], noted: Events, words: dict[str, Any]) -> Reply:
        """What was said is no reason the rules know: a person may hear it, and another answer still counts."""
        reasons = reason_choices(self.draft.case_type)
        named = [each for each in reasons if each.entities != {"case_reason": CaseReason.OTHER.value}]
        self.draft = replace(self.draft, reason=None)
        self.turn.say("utter_reason_needs_person", cards=cards, choices=[person(primary=True), *named], **words)
        return Reply(self.draft, Ask.REASON, [*noted, *set_slots(handoff_reason="policy_needs_person")])

    async def _open_case(self, verdict: Verdict | None) -> Reply:
        closed = sorted(c.case_id for c in self.cases if c.line_id == self._known_line.line_id and not is_open(c))
        try:
            case = await self.turn.shop.open_case(self._new_case(verdict), *closed)
        except ShopRefused as refusal:
            self.turn.say("utter_shop_refused", explanation=refusal.message, choices=[person(primary=True)])
            return Reply(self.draft, events=set_slots(handoff_reason="policy_needs_person"))
        case, count, attached = await attach(self.turn, case)
        self.turn.say(
            "utter_case_opened",
            cards=[CaseCard(case=case)],
            service=self._service,
            case_id=case.case_id,
            next_step=case.next_step,
        )
        if count:
            self.turn.say("utter_photos_went_with_it", count=str(count))
        noted = [*self.turn.note("opened_case", wish=self._service, case_id=case.case_id), *attached]
        return Reply(self.draft, events=[*noted, *set_slots(case_id=case.case_id)])

    def _new_case(self, verdict: Verdict | None) -> NewCase:
        return NewCase(
            type=self.draft.case_type,
            order_number=self._known_order.order_number,
            line_id=self._known_line.line_id,
            quantity=self.draft.quantity or 1,
            reason=self.draft.reason or CaseReason.OTHER,
            description=self.draft.description,
            wanted_options={"规格": self._wanted} if self._wanted else {},
            verdict=verdict,
        )

    def _say_photos(self) -> None:
        """What to photograph, once, before anything is thrown away."""
        checklist = "、".join(evidence_for(self.draft.reason)) if self.draft.reason else ""
        is_said = self._is_repeating or self.turn.has_just_said("utter_photos_wanted")
        if checklist and not is_said and not pictures_of(self.turn):
            self.turn.say("utter_photos_wanted", checklist=checklist)

    def _say_gift(self) -> None:
        """What came with the goods goes back with them, by the rule's own words."""
        gift = next((line for line in self._known_order.lines if line.is_gift), None)
        if gift and self.draft.case_type is CaseType.RETURN_REFUND and not self._known_line.is_gift:
            answer = answer_question(self.turn.services.rules, "return_policy/gift", now=self._known_order.placed_at)
            self.turn.say("utter_gift_goes_back", gift=gift.title, answer=answer.text)

    # --- words -----------------------------------------------------------------------------------------------------
    def _ask(self, asked: Ask, response: str, **words: Any) -> Reply:
        is_again = self._is_repeating or self.turn.has_just_said(response)
        self.turn.say(AGAIN.get(response, response) if is_again else response, **words)
        return Reply(self.draft, asked)

    def _say_stopped(self) -> Reply:
        self.turn.say("utter_aftersale_stopped", service=self._service)
        return Reply(self.draft)

    def _summary(self) -> SummaryCard:
        return wish_summary(
            self.draft.case_type,
            self._known_order,
            self._known_line,
            quantity=self.draft.quantity or 1,
            reason=self.draft.reason or CaseReason.OTHER,
            wanted=self._wanted,
        )

    def _agreement(self) -> list[Choice]:
        agree = choice("affirm", title="confirm", primary=True)
        return [agree, choice("deny", title="other_item", choice="other"), choice("deny", title="stop", choice="stop")]

    def _changes(self) -> list[Choice]:
        others = {CaseType.RETURN_REFUND: CaseType.EXCHANGE, CaseType.EXCHANGE: CaseType.RETURN_REFUND}
        switch = others.get(self.draft.case_type)
        switched = [start_choice(switch)] if switch else []
        return [*self._agreement()[1:2], *switched, person(), self._agreement()[2]]

    @property
    def _is_repeating(self) -> bool:
        """The verdict and the summary stand a few lines above: only the question comes again."""
        return not self.message.intent and self.mood is Mood.GO_ON

    @property
    def _wanted(self) -> str:
        """Only an exchange is for something else: a wish that became a return forgets it."""
        return self.draft.wanted or "" if self.draft.case_type is CaseType.EXCHANGE else ""

    @property
    def _service(self) -> str:
        return CASE_TYPES[self.draft.case_type.value]

    @property
    def _has_not_left(self) -> bool:
        """Money for what was never sent is given back whatever the reason: nobody is asked for one."""
        return self.draft.case_type is CaseType.REFUND_ONLY and self._known_order.status is OrderStatus.PAID

    @property
    def _is_late(self) -> bool:
        facts = ShippingFacts(order=self._known_order, now=self.turn.now)
        return decide_late_shipping(self.turn.services.rules, facts).decision is Decision.ALLOWED

    @property
    def _known_order(self) -> Order:
        assert self.order is not None
        return self.order

    @property
    def _known_line(self) -> OrderLine:
        assert self.line is not None
        return self.line
