"""Questions about goods, answered from the shop's own pages with the page named, or by an honest "I don't know"."""

from dataclasses import dataclass
from typing import Any

from actions.base import ShopAction
from actions.cards import yuan
from actions.choices import choice, person
from actions.errors import OrderNotFound
from actions.general_answers import say_help
from actions.goods_named import names
from actions.message import words_for_goods
from actions.orders_search import Search, find_order, line_meant
from actions.other_orders import only_points
from actions.page_answers import (
    ASKS_OPTIONS,
    ASKS_PRICE,
    ASKS_STOCK,
    line_for,
    options_named,
    size_not_sold,
    values_by_name,
)
from actions.turn import Events, Turn, set_slots
from contracts.bot_output import Choice
from contracts.shop import OrderOption, ProductPage

SHOWN_OPTIONS = 4
PRODUCT = "product"
TOLD = ("utter_product_line", "utter_product_options", "utter_product_price", "utter_product_not_said")


class ActionAnswerAboutProduct(ShopAction):
    action_name = "action_answer_about_product"
    is_about_goods = True
    intents = ("product_info", "product_usage", "product_stock")

    async def answer(self, turn: Turn, intent: str) -> Events:
        question = _question(turn, intent)
        pages = await pages_meant(turn)
        said = next((answer for page in pages if (answer := page_answer(question, page, intent))), None)
        if said is not None:
            turn.say(said.response, choices=[choice(i) for i in said.ways], **said.words)
            return set_slots(asked_product=pages[0].title, product_question=question, pending_intent=None)
        if await say_help(turn, question):
            return set_slots(product_question=question, pending_intent=None)
        return _say_not_known(turn, pages, intent, question)


def _question(turn: Turn, intent: str) -> str:
    """The message; where it only names a product ("枕头呢"), what was asked before."""
    is_bare = turn.message.intent != intent or only_points(turn.message)
    is_bare = is_bare and not (ASKS_STOCK.search(turn.message.text) or ASKS_PRICE.search(turn.message.text))
    return str(is_bare and turn.slot("product_question") or turn.message.text)


async def page_says(turn: Turn) -> bool:
    """Does the page of the product that is meant answer this message?"""
    return any(page_answer(turn.message.text, page, PRODUCT) for page in await pages_meant(turn))


@dataclass(frozen=True)
class PageAnswer:
    response: str
    words: dict[str, Any]
    ways: tuple[str, ...] = ()


async def pages_meant(turn: Turn) -> list[ProductPage]:
    """The product that is named; else the one just asked about, or of the order under discussion."""
    words, own = words_for_goods(turn.message), await _own_sku(turn)
    named = await turn.shop.find_products(" ".join(words)) if words else []
    if named:
        return [next((page for page in named if _sells(page, own)), named[0])]
    is_open = turn.topic.startswith(PRODUCT) or any(turn.has_just_said(told) for told in TOLD)
    if is_open and turn.slot("asked_product") and not words:
        return (await turn.shop.find_products(turn.slot("asked_product")))[:1]
    mine = (await turn.shop.find_products("", sku_id=own))[:1] if own else []
    return [page for page in mine if not words or any(names(word, page.title) for word in words)]


def _sells(page: ProductPage, sku_id: str) -> bool:
    return any(option.sku_id == sku_id for option in page.options)


async def _own_sku(turn: Turn) -> str:
    """What of one's own orders is meant, where that is clear."""
    try:
        search = await find_order(turn)
    except OrderNotFound:
        search = Search()
    line = line_meant(turn.message, search.order) if search.order else None
    return line.sku_id if line else ""


def page_answer(question: str, page: ProductPage, intent: str) -> PageAnswer | None:
    """What the page says to the question; None where it does not say."""
    missing = size_not_sold(question, page.options)
    if missing:
        words = {"title": page.title, "wanted": missing, "options": _all_options(page)}
        return PageAnswer("utter_product_no_such_option", words)
    named = options_named(question, page.options)
    if intent == "product_stock" or ASKS_STOCK.search(question):
        return _stock_answer(page, named)
    if ASKS_OPTIONS.search(question):
        return PageAnswer("utter_product_options", {"title": page.title, "options": _all_options(page)})
    line = line_for(question, page)
    if line is not None:
        ways = ("repair_apply",) if intent == "product_usage" else ()
        words = {"title": page.title, "label": line.label, "said": line.text}
        return PageAnswer("utter_product_line", words, ways)
    if ASKS_PRICE.search(question):
        return PageAnswer("utter_product_price", {"title": page.title, "price": yuan(page.price)})
    return None


def _all_options(page: ProductPage) -> str:
    return "；".join(f"{name}：{'、'.join(values)}" for name, values in values_by_name(page.options).items())


def _stock_answer(page: ProductPage, named: list[OrderOption]) -> PageAnswer:
    there = [option for option in (named or page.options) if option.in_stock]
    gone = [option for option in (named or page.options) if not option.in_stock]
    words = {"title": page.title, "there": _listed(there), "gone": _listed(gone)}
    if not there:
        return PageAnswer("utter_product_sold_out", words)
    if named:
        return PageAnswer("utter_product_in_stock" if not gone else "utter_product_partly_in_stock", words)
    return PageAnswer("utter_product_all_but" if gone else "utter_product_all_in_stock", words)


def _listed(options: list[OrderOption]) -> str:
    shown = "、".join(" ".join(option.options.values()) for option in options[:SHOWN_OPTIONS])
    return f"{shown}等 {len(options)} 种" if len(options) > SHOWN_OPTIONS else shown


def _say_not_known(turn: Turn, pages: list[ProductPage], intent: str, question: str) -> Events:
    """Which product, where none is known; else that its page does not say. Asked twice, a person."""
    broken: list[Choice] = [choice("repair_apply")] if intent == "product_usage" else []
    if not pages:
        turn.say("utter_ask_which_product", choices=[person()])
        return set_slots(pending_intent=intent, product_question=question)
    is_again = turn.has_just_said("utter_product_not_said")
    turn.say(
        "utter_product_not_said_again" if is_again else "utter_product_not_said",
        choices=[*broken, person(primary=is_again)],
        title=pages[0].title,
    )
    asked = set_slots(asked_product=pages[0].title, product_question=question, pending_intent=None)
    return [*asked, *set_slots(handoff_reason="other")]
