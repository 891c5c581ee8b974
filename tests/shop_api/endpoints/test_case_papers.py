"""A parcel that is collected, photos beside a case."""

from collections.abc import Callable
from typing import Any

import pytest

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]
PHOTO = {"name": "鞋底", "url": "https://files.example/1.jpg"}


@pytest.fixture
async def approved(as_shopper: CallerOf, make_wish: MakeWish) -> dict[str, Any]:
    """A return that waits for its goods until November 29th; today is the 22nd."""
    shopper = as_shopper("S001")
    case: dict[str, Any] = (
        await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "quality"))
    ).json()
    return case


@pytest.fixture
async def in_review(as_shopper: CallerOf, make_wish: MakeWish) -> dict[str, Any]:
    shopper = as_shopper("S001")
    wish = make_wish(await shopper.order(), "refund_only", "quality")
    case: dict[str, Any] = (await shopper.post("/v1/cases", wish)).json()
    return case


async def book(caller: Any, case: dict[str, Any], day: str, slot: str = "morning", **more: Any) -> Any:
    body = {"version": case["version"], "day": day, "slot": slot}
    return await caller.post(f"/v1/cases/{case['case_id']}/pick-up", body, **more)


async def test_a_parcel_is_collected_on_the_day_that_is_wanted(as_shopper: CallerOf, approved: dict[str, Any]) -> None:
    case = (await book(as_shopper("S001"), approved, "2026-11-24")).json()

    assert case["pick_up"] == {"day": "2026-11-24", "slot": "morning", "carrier_name": "顺丰速运"}
    assert case["history"][-1]["note"] == "预约上门取件：11月24日上午，顺丰速运"
    assert case["status"] == "wait_shopper_ship"


async def test_booked_again_the_new_day_counts(as_shopper: CallerOf, approved: dict[str, Any]) -> None:
    first = (await book(as_shopper("S001"), approved, "2026-11-24")).json()

    again = (await book(as_shopper("S001"), first, "2026-11-25", "evening")).json()

    assert (again["pick_up"]["day"], again["pick_up"]["slot"]) == ("2026-11-25", "evening")


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-20", "2026-11-30", "2027-11-24"])
async def test_today_and_after_the_deadline_are_no_days(
    as_shopper: CallerOf, approved: dict[str, Any], day: str
) -> None:
    answer = await book(as_shopper("S001"), approved, day)

    assert answer.json()["error"]["code"] == "pick_up_not_possible"


async def test_nothing_is_collected_for_a_case_in_review(as_shopper: CallerOf, in_review: dict[str, Any]) -> None:
    answer = await book(as_shopper("S001"), in_review, "2026-11-24")

    assert answer.json()["error"]["code"] == "pick_up_not_possible"


async def test_a_case_that_moved_since_is_not_booked_for(as_shopper: CallerOf, approved: dict[str, Any]) -> None:
    await book(as_shopper("S001"), approved, "2026-11-24")

    answer = await book(as_shopper("S001"), approved, "2026-11-25")

    assert answer.json()["error"]["code"] == "version_conflict"


async def test_a_review_says_which_photos_help_until_there_are_some(
    as_shopper: CallerOf, in_review: dict[str, Any]
) -> None:
    path = f"/v1/cases/{in_review['case_id']}/evidence"

    first = await as_shopper("S001").post(path, PHOTO, key="k1")
    again = await as_shopper("S001").post(path, PHOTO, key="k1")

    assert "有问题的部位近照" in in_review["evidence_wanted"]
    assert first.json()["evidence_wanted"] == []
    assert [each["name"] for each in again.json()["evidence"]] == ["鞋底"]


async def test_a_tenth_photo_is_refused(as_shopper: CallerOf, in_review: dict[str, Any]) -> None:
    path = f"/v1/cases/{in_review['case_id']}/evidence"
    answers = [await as_shopper("S001").post(path, PHOTO, key=f"p{number}") for number in range(10)]

    assert [answer.status_code for answer in answers] == [200] * 9 + [409]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "a b"])
async def test_what_is_no_address_is_refused(as_shopper: CallerOf, in_review: dict[str, Any], url: str) -> None:
    answer = await as_shopper("S001").post(f"/v1/cases/{in_review['case_id']}/evidence", PHOTO | {"url": url})

    assert answer.status_code == 422


async def test_nobody_puts_photos_beside_somebody_elses_case(as_shopper: CallerOf, in_review: dict[str, Any]) -> None:
    answer = await as_shopper("S002").post(f"/v1/cases/{in_review['case_id']}/evidence", PHOTO)

    assert answer.json()["error"]["code"] == "case_not_found"
