"""Which order is meant: by number, tracking number or goods, the one just spoken of, or the only one there is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from actions.errors import OrderNotFound
from actions.goods_named import known_kind, named_orders, names, names_some, narrow_lines, narrow_orders, shares_letters
from actions.message import Message, order_number_in
from actions.short_answers import place_in
from actions.turn import Turn
from actions.wording import ORDER_STATE_WORDS
from contracts.shop import Order, OrderLine

PREVIOUS = re.compile(r"上一?(?:个|单|笔|件)|前一(?:个|单|笔|件)|上回|上次")
NEWEST = re.compile(r"最近(?:的|那|一|买)|最新|刚(?:刚)?(?:买|下单|拍)|最后(?:买|下)")


@dataclass(frozen=True)
class Search:
    """`order` is the one that is meant, if that is clear; else `candidates` are to be chosen from. `unknown_goods` were
    named and are in no order."""

    order: Order | None = None
    candidates: list[Order] = field(default_factory=list)
    unknown_number: str | None = None
    unknown_goods: str | None = None
    needs_proof: bool = False


def fits_any(order: Order) -> bool:
    return True


async def find_order(
    turn: Turn,
    fits: Callable[[Order], bool] = fits_any,
    *,
    message: Message | None = None,
    is_open_choice: bool = False,
    rejected: str | None = None,
) -> Search:
    """A number in the message names the order whatever its state; only a choice among several asks `fits`.

    With `is_open_choice` nothing is taken for granted: the shopper has just said that the obvious one, `rejected`, is
    wrong.
    """
    message = message or turn.message
    if order_number_in(message):
        return await _by_number(turn, message, fits)
    orders = await turn.shop.orders()  # a visitor's are those proved in this conversation, while the proof holds
    if not orders and not turn.is_signed_in:
        return Search(needs_proof=True)
    if message.entity("tracking_number"):
        return _by_tracking_number(message, orders)
    fitting = [order for order in orders if fits(order)]
    if is_open_choice or message.choice == "other":
        named = narrow_orders(message, fitting)
        is_named = names_some(message, fitting)
        left = [order for order in named if order.order_number != rejected] if is_named else named
        return Search(order=left[0] if is_named and len(left) == 1 else None, candidates=left or fitting)
    return _by_name(message, fitting, orders) or _by_context(turn, message, fitting)


async def _by_number(turn: Turn, message: Message, fits: Callable[[Order], bool]) -> Search:
    number = order_number_in(message) or ""
    try:
        return Search(order=await turn.shop.order(number))
    except OrderNotFound:
        if not turn.is_signed_in:
            return Search(needs_proof=True)
        orders = await turn.shop.orders()
        with_parcel = _by_tracking_number(message, orders, numbers=[number])
        if with_parcel.order:
            return with_parcel
        return Search(unknown_number=number, candidates=[order for order in orders if fits(order)])


def _by_tracking_number(message: Message, orders: list[Order], numbers: Iterable[str] = ()) -> Search:
    wanted = {*message.entities.get("tracking_number", ()), *numbers}
    for order in orders:
        if any(shipment.tracking_number in wanted for shipment in order.shipments):
            return Search(order=order)
    return Search(unknown_number=next(iter(wanted)), candidates=[o for o in orders if o.shipments])


def _by_name(message: Message, fitting: list[Order], orders: list[Order]) -> Search | None:
    """Goods that are named, but not in an order that fits: no other order may be taken for theirs."""
    kind = known_kind(message)
    if kind is None or named_orders(message, fitting):
        return None
    elsewhere = named_orders(message, orders)
    if len(elsewhere) == 1:
        return Search(order=elsewhere[0], candidates=elsewhere)
    return Search(candidates=elsewhere or fitting, unknown_goods=None if elsewhere else kind)


def _by_context(turn: Turn, message: Message, fitting: list[Order]) -> Search:
    narrowed = narrow_orders(message, fitting)
    if len(narrowed) == 1:
        return Search(order=narrowed[0], candidates=narrowed)
    spoken_of = (turn.slot("order_number"), turn.page_order_number)
    known = next((order for number in spoken_of for order in narrowed if order.order_number == number), None)
    return Search(order=_by_time(message.text, narrowed, known) or known, candidates=narrowed)


def _by_time(text: str, orders: list[Order], known: Order | None) -> Order | None:
    """ "上一单" is the one before the one just spoken of, else the newest; "最近那单" always the newest."""
    if not orders:
        return None
    if PREVIOUS.search(text):
        place = orders.index(known) + 1 if known else 0
        return orders[min(place, len(orders) - 1)]
    return orders[0] if NEWEST.search(text) else None


def line_meant(message: Message, order: Order) -> OrderLine | None:
    """The line a message names, or the only one."""
    chosen = message.entity("line_id")
    if chosen:
        return next((line for line in order.lines if line.line_id == chosen), None)
    named = narrow_lines(message, order.lines)
    return named[0] if len(named) == 1 else None


def titles_of(orders: list[Order]) -> dict[str, Order]:
    """What the shopper may call each order; the number keeps two alike apart."""
    return {
        f"{order.order_number} {line.title} {' '.join(line.options.values())}": order
        for order in orders
        for line in order.lines
    }


def pick_by_words[T](text: str, titles: dict[str, T]) -> T | None:
    """The one of `titles` a free answer means: by its place ("第二个") or by words only its title has."""
    values = list({id(value): value for value in titles.values()}.values())  # an order with two lines is one order
    place = place_in(text)
    if place is not None:
        return values[place] if place < len(values) else None
    hits = {id(v): v for title, v in titles.items() if shares_letters(text, title) or names(text, title)}
    return next(iter(hits.values())) if len(hits) == 1 else None


def pick_order(text: str, orders: list[Order]) -> Order | None:
    """The one of `orders` a free answer means, also by its state ("刚付款那个")."""
    by_state = in_state(text, orders)
    return pick_by_words(text, titles_of(orders)) or (by_state[0] if len(by_state) == 1 else None)


def in_state(text: str, orders: list[Order]) -> list[Order]:
    """Those whose state the words tell ("还没发")."""
    return [o for o in orders if (words := ORDER_STATE_WORDS.get(o.status.value)) and words.search(text)]
