"""What a form says is read again as it was filled in; the browser puts the values into `said`."""

from datetime import date

from actions.forms import receiver_form, time_form
from actions.receivers import receiver_in
from contracts.bot_output import FormCard


def filled(card: FormCard, **values: str) -> str:
    assert set(values) == {field.name for field in card.fields}
    return card.said.format(**values)


def test_a_receiver_is_read_again() -> None:
    said = filled(
        receiver_form(), name="欧阳小满", phone="13812345678", region="浙江省杭州市西湖区", street="文三路1号2幢301室"
    )

    read = receiver_in(said)

    assert (read.name, read.phone) == ("欧阳小满", "13812345678")
    assert (read.region, read.street) == ("浙江省杭州市西湖区", "文三路1号2幢301室")


def test_a_phone_alone_is_read_again() -> None:
    read = receiver_in(filled(receiver_form(), name="", phone="13812345678", region="", street=""))

    assert (read.name, read.phone, read.region, read.street) == ("", "13812345678", "", "")


def test_a_time_has_its_bounds_and_parts() -> None:
    card = time_form(date(2026, 12, 2), date(2026, 12, 8), ("morning", "afternoon"))

    day, part = card.fields
    assert (day.first, day.last) == (date(2026, 12, 2), date(2026, 12, 8))
    assert part.options == ["上午", "下午"]
    assert filled(card, day="12月5日", part="下午") == "12月5日下午"
