"""Short answers that only name an order: "跑鞋", "上一单", "刚付款那个". What is wanted of it was said before."""

from actions.base import OrderAction
from actions.message import words_for_goods
from actions.orders_search import NEWEST, PREVIOUS, is_named, pick_order
from actions.resume import take_up
from actions.turn import Events, Turn
from contracts.shop import Order

LONGEST = 12  # letters; more than a name is a new wish


async def names_known_order(turn: Turn) -> bool:
    """After "which order?": do the words single one out?"""
    orders = await _orders(turn)
    return bool(PREVIOUS.search(turn.message.text)) or pick_order(turn.message.text, orders) is not None


async def go_on_with_other_order(turn: Turn) -> Events | None:
    """The last wish again, for the order these words name; None where they name none."""
    if len(turn.message.text) > LONGEST or not isinstance(turn.services.answers.get(turn.topic), OrderAction):
        return None
    words, orders = words_for_goods(turn.message), await _orders(turn)
    by_time = PREVIOUS.search(turn.message.text) or NEWEST.search(turn.message.text)
    by_goods = words and any(is_named(line, words) for order in orders for line in order.lines)
    return await take_up(turn, turn.topic) if by_time or by_goods else None


async def _orders(turn: Turn) -> list[Order]:
    if not turn.is_signed_in and not turn.slot("proved_orders"):
        return []
    return await turn.shop.orders()
