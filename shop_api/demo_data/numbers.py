"""Numbers with the shape of real ones. They depend on the order's place in the plan, never on the date."""

from random import Random

REGION_FREE = "88"  # no identity card begins so, and `_passes_luhn` keeps bank cards out
ORDER_DIGITS = 16


def order_number(chance: Random) -> str:
    """18 digits that nothing mistakes for an identity card or a bank card."""
    while True:
        number = REGION_FREE + f"{chance.randrange(10**ORDER_DIGITS):0{ORDER_DIGITS}d}"
        if not _passes_luhn(number):
            return number


def tracking_number(carrier: str, chance: Random) -> str:
    """Shaped as the carrier's own."""
    digits = {n: f"{chance.randrange(10**n):0{n}d}" for n in (9, 11, 12, 13, 14)}
    return {
        "SF": f"SF1{digits[12]}",
        "ZTO": f"78{digits[12]}",
        "YTO": f"YT{digits[13]}",
        "STO": f"77{digits[13]}",
        "YD": f"4{digits[14]}",
        "JD": f"JDVA{digits[11]}",
        "EMS": f"EA{digits[9]}CN",
        "JT": f"JT{digits[13]}",
    }[carrier]


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0
