"""Whose number it is: shape, check digit, and the words beside it."""

import pytest

from bot.language.entities.checksums import has_credit_check, has_id_check, has_luhn_check, is_id_shaped
from bot.language.entities.folding import fold
from bot.language.entities.numbers import carrier_of, read_numbers

ID_CARD = "11010519491231002X"
BANK_CARD = "6222021200045872137"


def kinds(text: str) -> "list[tuple[str, str]]":
    return [(entity.entity, entity.value) for entity in read_numbers(text, fold(text))]


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("SF1234567890123", "SF"),
        ("YT1234567890123", "YTO"),
        ("JT1234567890123", "JT"),
        ("JDVA12345678901", "JD"),
        ("JDX012345678901", "JD"),
        ("EA123456789CN", "EMS"),
        ("DPK123456789012", "DBL"),
        ("78123456789012", "ZTO"),
        ("773123456789012", "STO"),
        ("431234567890123"[:14], "STO"),
        ("312345678901234", "YD"),
        ("1234", ""),
    ],
)
def test_a_tracking_number_tells_its_carrier_by_shape(number: str, carrier: str) -> None:
    assert carrier_of(number) == carrier


def test_check_digits() -> None:
    assert is_id_shaped(ID_CARD)
    assert has_id_check(ID_CARD)
    assert not has_id_check("110105194912310021")
    assert has_luhn_check(BANK_CARD)
    assert not has_luhn_check("6222021200045872138")
    assert has_credit_check("91110108551385082Q")
    assert not has_credit_check("91110108551385082P")


def test_an_eighteen_digit_number_with_a_birthday_is_an_id_card_not_an_order() -> None:
    assert kinds("440301199207154214") == [("id_card", "440301199207154214")]
    assert kinds("880012345678901234") == [("order_number", "880012345678901234")]


def test_a_nineteen_digit_number_is_a_bank_card_by_prefix_and_check_digit() -> None:
    assert kinds(BANK_CARD) == [("bank_card", BANK_CARD)]
    assert kinds("2145678901234567890") == [("order_number", "2145678901234567890")]


def test_the_word_before_a_number_decides_against_its_shape() -> None:
    assert kinds(f"订单号{BANK_CARD}") == [("order_number", BANK_CARD)]
    assert kinds(f"礼品卡卡号{BANK_CARD}") == []
    assert kinds("银行卡号6222021200045872138") == [("bank_card", "6222021200045872138")]
    assert kinds("订单号13812345678") == [("order_number", "13812345678")]


def test_pinduoduo_orders_keep_their_hyphen() -> None:
    assert kinds("261118-000000000000001") == [("order_number", "261118-000000000000001")]
    assert kinds("261118000000000000001") == [("order_number", "261118-000000000000001")]


@pytest.mark.parametrize("text", ["138 1234 5678", "138-1234-5678", "+86 13812345678", "8613812345678"])
def test_a_phone_number_is_found_however_it_is_grouped(text: str) -> None:
    assert kinds(text) == [("phone", "13812345678")]


def test_the_extension_of_a_privacy_number_is_kept_apart() -> None:
    (found,) = read_numbers("15012345678转6688", "15012345678转6688")

    assert (found.value, found.extra) == ("15012345678", {"extension": "6688"})


def test_a_phone_within_a_longer_number_is_no_phone() -> None:
    assert ("phone", "13812345678") not in kinds("431381234567890")


def test_a_mistyped_tax_number_is_found_and_marked() -> None:
    (found,) = read_numbers("税号91110108551385082P", "税号91110108551385082p")

    assert found.entity == "tax_number"
    assert found.extra == {"is_valid": False}


def test_a_bare_number_nobody_named_is_an_order_with_little_confidence() -> None:
    (found,) = read_numbers("254123456789", "254123456789")

    assert found.entity == "order_number"
    assert found.confidence <= 0.5
    assert found.extra == {"maybe": "tracking_number"}
