"""What a shopper reads, and what never leaves the shop."""

from datetime import UTC, datetime
from itertools import product

import pytest

from contracts.shop import CaseStatus, CaseType
from shop_api.domain.masking import mask_name, mask_phone
from shop_api.domain.wording import next_step

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("case_type", "status"), list(product(CaseType, CaseStatus)))
def test_every_status_names_the_next_step_in_one_whole_sentence(case_type: CaseType, status: CaseStatus) -> None:
    sentence = next_step(case_type, status, NOW, NOW)

    assert sentence.endswith("。")
    assert "{" not in sentence
    assert "在前" not in sentence


def test_a_deadline_is_said_as_day_and_hour_in_shanghai() -> None:
    late = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)

    assert "11月29日 01:00 前" in next_step(CaseType.RETURN_REFUND, CaseStatus.WAIT_SHOPPER_SHIP, late, NOW)


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("12345", "****"), ("", "****")])
def test_a_phone_shows_its_ends_only(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(("name", "masked"), [("林小满", "林**"), ("林晓", "林**"), ("", "")])
def test_a_name_shows_its_surname_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked
