"""Short messages that only point at goods: "跑鞋", "枕头呢", "那件白的呢", "上一单", "不是这个，是耳机".

What is wanted of them was said before, so that wish is answered again, whatever the words were read as.
"""

import re

from actions.aftersale_draft import STARTS
from actions.goods_named import named_orders, names_some, narrow_orders
from actions.message import Message, words_for_goods
from actions.orders_search import NEWEST, PREVIOUS, pick_order
from actions.resume import begin_aftersale, take_up
from actions.turn import Events, Turn
from contracts.shop import Order

LONGEST = 14  # letters; more than a name is a new wish
FILLERS = re.compile(
    r"不是|不对|还是|再看看?|查查?|看看?|订单|快递|包裹|物流|"
    r"[那这我哪个件双单款台条只盒的呢吧吗呀啊是也还有对和跟与、，,。.!！?？\s]"
)
COLOURS = re.compile(r"[浅深米藏酒奶]?[黑白红蓝绿灰粉紫黄橙棕驼]色?")
SAME = re.compile(r"刚才|刚刚|上面|前面")


async def names_known_order(turn: Turn) -> bool:
    """After "which order?": do the words single one out?"""
    orders = await _orders(turn)
    return bool(PREVIOUS.search(turn.message.text)) or pick_order(turn.message.text, orders) is not None


def only_points(message: Message) -> bool:
    """Is there nothing in it but goods, colours, "the one before" and small words?"""
    if message.choice or not 1 < len(message.text) <= LONGEST:
        return False
    rest = _without_pointing(message)
    return rest != message.text and not FILLERS.sub("", rest).strip()


def _without_pointing(message: Message) -> str:
    said = [*words_for_goods(message), *message.entities.get("sku_option", ())]
    text = PREVIOUS.sub("", NEWEST.sub("", SAME.sub("", message.text)))
    for word in sorted(said, key=len, reverse=True):
        text = text.replace(word, "").replace(word.lower(), "")
    return COLOURS.sub("", text)


async def go_on_with_other_order(turn: Turn) -> Events | None:
    """The last wish again, for what these words point at; None where they point at nothing or nothing was wanted."""
    wish = turn.slot("pending_intent") or turn.topic
    if not only_points(turn.message) or not _is_about_goods(turn, wish):
        return None
    orders = await _orders(turn)
    by_time = PREVIOUS.search(turn.message.text) or NEWEST.search(turn.message.text) or SAME.search(turn.message.text)
    if not by_time and not names_some(turn.message, orders):
        return None
    if wish in STARTS:
        return begin_aftersale(turn, wish, order_number=_only_one(turn.message, orders))
    return await take_up(turn, wish)


def _is_about_goods(turn: Turn, wish: str) -> bool:
    action = turn.services.answers.get(wish)
    return wish in STARTS or (action is not None and action.is_about_goods)


def _only_one(message: Message, orders: list[Order]) -> str | None:
    named = narrow_orders(message, named_orders(message, orders) or orders)
    return named[0].order_number if len(named) == 1 else None


async def _orders(turn: Turn) -> list[Order]:
    if not turn.is_signed_in and not turn.slot("proved_orders"):
        return []
    return await turn.shop.orders()
