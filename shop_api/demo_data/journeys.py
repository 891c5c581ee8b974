"""Where a parcel has been: plausible tracking events for every state of a shipment."""

from datetime import datetime, timedelta
from typing import Any

from contracts.shop import ShipmentStatus
from shop_api.domain.carriers import CARRIERS
from shop_api.domain.masking import mask_phone

HUB = "义乌转运中心"
WAREHOUSE = "金华义乌"
SIGNED_LEGS = 6
BEFORE_SIGNING = timedelta(hours=4, minutes=25)
Event = dict[str, Any]

REACHED: dict[str, tuple[ShipmentStatus, int]] = {  # state → status, how many legs are behind it
    "picked_up": (ShipmentStatus.IN_TRANSIT, 1),
    "in_transit": (ShipmentStatus.IN_TRANSIT, 3),
    "exception": (ShipmentStatus.EXCEPTION, 4),
    "out_for_delivery": (ShipmentStatus.OUT_FOR_DELIVERY, 5),
    "signed": (ShipmentStatus.SIGNED, 6),
    "completed": (ShipmentStatus.SIGNED, 6),
}


def journey(state: str, *, carrier: str, region: str, shipped_at: datetime, end: datetime) -> list[Event]:
    """Events from the pick-up at `shipped_at` to the last one at `end`, oldest first."""
    city = region.split("省")[-1].split("市")[0] + "市"
    name = CARRIERS[carrier].name
    courier = mask_phone("13800138000")
    legs = [
        (f"【{WAREHOUSE}】{name}已揽收", WAREHOUSE),
        (f"【{HUB}】快件已到达，正在分拣", HUB),
        (f"【{HUB}】快件已发往{city}", HUB),
        (f"【{city}转运中心】快件已到达", f"{city}转运中心"),
        (f"【{region}】快递员正在派送，联系电话 {courier}", region),
        (f"【{region}】快件已签收，签收人：本人。感谢使用{name}", region),
    ]
    if state == "exception":
        legs[3] = (f"【{city}转运中心】收件地址电话无人接听，快件暂存，等待再次派送", f"{city}转运中心")
    reached = legs[: REACHED[state][1]]
    return [
        _event(at, text, place)
        for (text, place), at in zip(reached, _instants(shipped_at, end, len(reached)), strict=True)
    ]


def _instants(start: datetime, end: datetime, count: int) -> list[datetime]:
    """Spread evenly, but a parcel is handed to the courier in the morning of its last day."""
    even = [start + (end - start) / max(1, count - 1) * index for index in range(count)]
    if count == SIGNED_LEGS and end - start > timedelta(days=1):
        even[-2], even[-3] = end - BEFORE_SIGNING, end - 2 * BEFORE_SIGNING
    return even


def _event(at: datetime, text: str, place: str) -> Event:
    return {"at": at.replace(microsecond=0).isoformat(), "text": text, "place": place}
