"""Which option an exchange is for, and whether it is there: "43", "黑色", "大一码". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.page_answers import options_named
from contracts.shop import OrderLine, OrderOption

LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL")
BIGGER = re.compile(r"大(?:一|1|点|些|半)?(?:个)?[码号]|大[一1](?:码|号|个)|大[点些]")
SMALLER = re.compile(r"小(?:一|1|点|些|半)?(?:个)?[码号]|小[一1](?:码|号|个)|小[点些]")
THE_SAME = re.compile(r"一样|同款|同样|原来|新的|不变|相同")


@dataclass(frozen=True)
class Wanted:
    """`option` is what is meant, if that is clear and there; else `sold_out` or `is_unknown` say why not."""

    option: OrderOption | None = None
    sold_out: OrderOption | None = None
    is_unknown: bool = False
    near: list[OrderOption] = field(default_factory=list)


def option_wanted(said: str, line: OrderLine, options: Sequence[OrderOption]) -> Wanted:
    meant = _next_size(said, line, options) or _nearest(line, options_named(said, options))
    there = [option for option in meant if option.in_stock]
    if len(there) == 1:
        return Wanted(option=there[0])
    if meant and not there:
        return Wanted(sold_out=meant[0])
    is_unknown = not meant and not THE_SAME.search(said) and not _is_own(said, line)
    return Wanted(is_unknown=is_unknown, near=there)


def in_stock(line: OrderLine, options: Sequence[OrderOption]) -> list[OrderOption]:
    """What can be had, most like the line's own first."""
    return sorted((o for o in options if o.in_stock), key=lambda option: -_shared(line, option))


def option_text(option: OrderOption) -> str:
    return " ".join(option.options.values())


def _nearest(line: OrderLine, options: Sequence[OrderOption]) -> list[OrderOption]:
    """Of those that are named, the ones that keep what was not: "43" keeps the colour."""
    most = max((_shared(line, option) for option in options), default=0)
    return [option for option in options if _shared(line, option) == most]


def _shared(line: OrderLine, option: OrderOption) -> int:
    return sum(line.options.get(name) == value for name, value in option.options.items())


def _next_size(said: str, line: OrderLine, options: Sequence[OrderOption]) -> list[OrderOption]:
    """The size next to the line's own, in its colour."""
    step = 1 if BIGGER.search(said) else -1 if SMALLER.search(said) else 0
    own = next((_rank(value) for value in line.options.values() if _rank(value) is not None), None)
    if not step or own is None:
        return []
    sized = [(rank, option) for option in options if (rank := _size_of(option)) is not None]
    ranked = [(rank, option) for rank, option in sized if (rank - own) * step > 0]
    nearest = min((abs(rank - own) for rank, _ in ranked), default=0)
    return _nearest(line, [option for rank, option in ranked if abs(rank - own) == nearest])


def _size_of(option: OrderOption) -> float | None:
    return next((rank for value in option.options.values() if (rank := _rank(value)) is not None), None)


def _rank(value: str) -> float | None:
    if value.upper() in LETTERS:
        return float(LETTERS.index(value.upper()))
    return float(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else None


def _is_own(said: str, line: OrderLine) -> bool:
    own = OrderOption(sku_id=line.sku_id, options=line.options, in_stock=True)
    return bool(options_named(said, [own]))
