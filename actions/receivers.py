"""A receiver as shoppers write one: "改成浙江省杭州市西湖区文三路1号，张三 13812345678". Pure."""

import re

from contracts.shop import NewReceiver

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
NAMED = re.compile(r"(?:收件人|收货人|联系人|姓名|名字)(?:改成|改为|换成|叫|是|写|[:：\s])*([一-龥·]{2,4})(?![一-龥])")
BESIDE_PHONE = re.compile(
    r"(?:^|[\s,，;；。])([一-龥·]{2,4})[\s,，;；]*(?=1[3-9]\d{9})|(?<=\d{11})[\s,，;；]*([一-龥·]{2,4})(?=$|[\s,，;；。])"
)
BEGINS = re.compile(
    r".*(?:应该是|改成|改到|改为|换成|换到|改寄|寄到|寄去|送到|送去|发到|发往|地址是|地址为|地址[:：]|新地址)[是为:：\s]*"
)
REGION = re.compile(
    r"(?P<region>[一-龥]{2,24}?(?:(?<![小社园校厂院])区|县|旗|市(?![一-龥]{1,9}[区县市旗])))(?P<street>.*)"
)
PARTS = "路|街|道|巷|弄|村|镇|乡|号|栋|幢|座|楼|室|单元|小区|公寓|大厦|广场|花园|苑|学校|大学"
STREET = re.compile(rf"[一-龥A-Za-z\d]*(?:{PARTS})[^。！？!?]*")
EDGES = " ，,。；;：:、的了吧呢啊谢\n"
SHORTEST_STREET = 3
LONGEST_REGION, LONGEST_STREET = 60, 120
NO_NAMES = frozenset({"手机", "手机号", "电话", "号码", "联系电话", "地址", "收件人", "收货人", "改成", "换成"})


def receiver_in(text: str) -> NewReceiver:
    """What of the receiver a message gives; empty where it gives nothing."""
    phone, name = PHONE.search(text), _name(text)
    rest = PHONE.sub(" ", NAMED.sub(" ", text))
    if name:
        rest = re.sub(rf"(?:^|(?<=[\s,，;；。])){name}(?=$|[\s,，;；。])", " ", rest)
    region, street = _place(BEGINS.sub("", rest).strip(EDGES))
    return NewReceiver(
        name=name, phone=phone[0] if phone else "", region=region[:LONGEST_REGION], street=street[:LONGEST_STREET]
    )


def merged(known: NewReceiver, said: NewReceiver) -> NewReceiver:
    """What was said now stands before what was said earlier; a new region brings its own street."""
    street = said.street or ("" if said.region else known.street)
    return NewReceiver(
        name=said.name or known.name, phone=said.phone or known.phone, region=said.region or known.region, street=street
    )


def is_empty(receiver: NewReceiver) -> bool:
    return receiver == NewReceiver()


def lacks_street(receiver: NewReceiver) -> bool:
    """A region alone delivers nowhere."""
    return bool(receiver.region) and not receiver.street


def _name(text: str) -> str:
    named = NAMED.search(text) or BESIDE_PHONE.search(text)
    name = next((group for group in named.groups() if group), "") if named else ""
    return "" if name in NO_NAMES else name


def _place(text: str) -> tuple[str, str]:
    if found := REGION.match(text):
        street = found["street"].strip(EDGES)
        return found["region"], street if len(street) >= SHORTEST_STREET else ""
    street = STREET.search(text)
    return "", street[0].strip(EDGES) if street and any(c.isdigit() for c in street[0]) else ""
