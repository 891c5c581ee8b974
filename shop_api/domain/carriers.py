"""The carriers a parcel can come by: code, Chinese name, service number."""

from typing import NamedTuple


class Carrier(NamedTuple):
    name: str
    phone: str


CARRIERS = {
    "SF": Carrier("顺丰速运", "95338"),
    "ZTO": Carrier("中通快递", "95311"),
    "YTO": Carrier("圆通速递", "95554"),
    "STO": Carrier("申通快递", "95543"),
    "YD": Carrier("韵达快递", "95546"),
    "JD": Carrier("京东快递", "950616"),
    "EMS": Carrier("中国邮政EMS", "11183"),
    "JT": Carrier("极兔速递", "956025"),
}


def carrier_of(code: str) -> Carrier:
    """A carrier we do not know keeps its code as its name."""
    return CARRIERS.get(code, Carrier(code, ""))
