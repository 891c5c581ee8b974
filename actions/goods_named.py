"""Which of the shopper's goods a message names: by their title, their kind, or their colour and size. Pure.

Rule 1. The nearest name wins: "跑鞋" is the one with 跑鞋 in its title, "鞋子" is every shoe.
Rule 2. Options tell apart what the name leaves open ("那件白的"); what one wants instead ("换成黑的") names nothing.
Rule 3. Words that fit nothing narrow nothing; whoever asks says so.
"""

import re
from collections.abc import Callable, Iterable

from actions.message import WANTED_FROM, Message, words_for_goods
from actions.wording import PRODUCT_WORDS
from contracts.shop import Order, OrderLine

SHARED_LETTERS = 2  # "跑步鞋" names a title that has 跑步 in it
SUFFIXES = "子儿"
KINDS_BY_COUNTER = {"双": re.compile(r"鞋|靴|袜")}
BY_COUNTER = re.compile(r"(?:另|别的|其他|那|这|哪).{0,2}(双)")
SIZE = re.compile(r"[0-9A-Za-z./]+")


def narrow_orders(message: Message, orders: list[Order]) -> list[Order]:
    """The orders a message names; all of them where it names none of them."""
    return _narrow(message, orders, lambda order: order.lines)


def narrow_lines(message: Message, lines: list[OrderLine]) -> list[OrderLine]:
    return _narrow(message, lines, lambda line: [line])


def named_orders(message: Message, orders: list[Order]) -> list[Order]:
    """The orders that have the goods whose name the message gives; none where it gives no name or a wrong one."""
    return _by_name(message, orders, lambda order: order.lines)


def names_some(message: Message, orders: list[Order]) -> bool:
    """Does the message single out any of them, by name or by option?"""
    by_options = _by_options(message, orders, lambda order: order.lines)
    return bool(words_for_goods(message) and named_orders(message, orders)) or bool(by_options)


def known_kind(message: Message) -> str | None:
    """Goods that are named and of a kind the tables know, so that "you have none of these" can be said."""
    return next((word for word in message.entities.get("product", ()) if any(k in word for k in PRODUCT_WORDS)), None)


def names(word: str, title: str) -> bool:
    return _is_called(word, title) or _is_of_kind(word, title)


def shares_letters(text: str, title: str) -> bool:
    pieces = (text[i : i + SHARED_LETTERS] for i in range(len(text) - SHARED_LETTERS + 1))
    return any(piece in title for piece in pieces if piece.strip() == piece)


def _narrow[T](message: Message, things: list[T], lines_of: Callable[[T], list[OrderLine]]) -> list[T]:
    named = _by_name(message, things, lines_of) or things
    return _by_options(message, named, lines_of) or named


def _by_name[T](message: Message, things: list[T], lines_of: Callable[[T], list[OrderLine]]) -> list[T]:
    words = words_for_goods(message)
    named = {id(thing) for word in words for thing in _called(word, things, lines_of)}
    if named:
        return [thing for thing in things if id(thing) in named]
    tests: list[Callable[[OrderLine], bool]] = [lambda line: _is_counted_as(message.text, line.title)]
    if not words:
        tests.insert(0, lambda line: shares_letters(message.text, line.title))
    found = ([thing for thing in things if any(test(line) for line in lines_of(thing))] for test in tests)
    return next(filter(None, found), [])


def _called[T](word: str, things: list[T], lines_of: Callable[[T], list[OrderLine]]) -> list[T]:
    """Those with the word in their title; else those of its kind."""
    for test in (_is_called, _is_of_kind):
        found = [thing for thing in things if any(test(word, line.title) for line in lines_of(thing))]
        if found:
            return found
    return []


def _by_options[T](message: Message, things: list[T], lines_of: Callable[[T], list[OrderLine]]) -> list[T]:
    options = _options_of_goods(message)
    if not options:
        return []
    return [thing for thing in things if any(_has_all(line, options) for line in lines_of(thing))]


def _options_of_goods(message: Message) -> list[str]:
    """Colours and sizes said of the goods, not of what is wanted instead."""
    head = WANTED_FROM.split(message.text, maxsplit=1)[0].upper()
    said = message.entities.get("sku_option", ())
    return [value for value in said if value.upper().rstrip("色码号") in head]


def _has_all(line: OrderLine, options: Iterable[str]) -> bool:
    return all(any(_is_option(value, known) for known in line.options.values()) for value in options)


def _is_option(said: str, known: str) -> bool:
    """Sizes must be the same; a colour is part of the other's name ("白" of 云白)."""
    root, own = said.upper().rstrip("色码号"), known.upper().rstrip("色码号")
    if SIZE.fullmatch(root):
        return root == own
    return root in own or own in root


def _is_called(word: str, title: str) -> bool:
    return len(word) >= SHARED_LETTERS and (word in title or shares_letters(word, title))


def _is_of_kind(word: str, title: str) -> bool:
    patterns = (pattern for known, pattern in PRODUCT_WORDS.items() if known in word)
    core = word[:-1] if len(word) == SHARED_LETTERS and word[-1] in SUFFIXES else word  # 扇子, 瓶子
    return core in title or any(pattern.search(title) for pattern in patterns)


def _is_counted_as(text: str, title: str) -> bool:
    """ "另一双", "那双白的": the counter says what kind of goods."""
    match = BY_COUNTER.search(text)
    return match is not None and bool(KINDS_BY_COUNTER[match[1]].search(title))
