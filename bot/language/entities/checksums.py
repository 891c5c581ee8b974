"""The check digits of Chinese identifiers.

ID card: ISO 7064 mod 11-2. Bank card: Luhn. 统一社会信用代码: GB 32100.
"""

import re
from datetime import date

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
ID_SHAPE = re.compile(r"(\d{2})\d{4}(\d{4})(\d{2})(\d{2})\d{3}[\dXx]")
PROVINCES = frozenset(
    {
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    }
)
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CREDIT_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")


def is_id_shaped(number: str) -> bool:
    """Whether an 18-character number has a province and a day of birth at the places of an ID card."""
    match = ID_SHAPE.fullmatch(number)
    if match is None or match[1] not in PROVINCES:
        return False
    try:
        return date(1900, 1, 1) <= date(int(match[2]), int(match[3]), int(match[4])) <= date(2035, 12, 31)
    except ValueError:
        return False


def has_id_check(number: str) -> bool:
    """Whether the last character of an 18-character ID number is right."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True))
    return ID_CHECK[total % 11] == number[17].upper()


def has_luhn_check(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def has_credit_check(code: str) -> bool:
    """Whether an 18-character 统一社会信用代码 (any case) ends in the right character."""
    code = code.upper()
    if CREDIT_SHAPE.fullmatch(code) is None:
        return False
    total = sum(CREDIT_CHARACTERS.index(c) * weight for c, weight in zip(code[:17], CREDIT_WEIGHTS, strict=True))
    return CREDIT_CHARACTERS[(31 - total % 31) % 31] == code[17]
