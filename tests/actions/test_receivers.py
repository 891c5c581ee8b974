"""A receiver, read from the ways shoppers write one."""

import pytest

from actions.receivers import lacks_street, merged, receiver_in
from contracts.shop import NewReceiver

CASES = [
    ("改成浙江省杭州市西湖区文三路1号，张三 13812345678", ("张三", "13812345678", "浙江省杭州市西湖区", "文三路1号")),
    ("请帮我把地址改为杭州市西湖区文三路", ("", "", "杭州市西湖区", "文三路")),
    ("发到这个地址：成都市武侯区天府三街", ("", "", "成都市武侯区", "天府三街")),
    ("换个手机号 13912345678", ("", "13912345678", "", "")),
    ("手机号13800001111，地址是上海市浦东新区世纪大道100号", ("", "13800001111", "上海市浦东新区", "世纪大道100号")),
    ("收件人改成李四", ("李四", "", "", "")),
    ("阳光小区3栋502", ("", "", "", "阳光小区3栋502")),
    ("门牌号错了，应该是3单元502室", ("", "", "", "3单元502室")),
    ("北京市朝阳区建国路88号 13800001111 王小明", ("王小明", "13800001111", "北京市朝阳区", "建国路88号")),
    ("江苏昆山市前进路1号", ("", "", "江苏昆山市", "前进路1号")),
]


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_what_is_written_is_read(text: str, parts: tuple[str, str, str, str]) -> None:
    name, phone, region, street = parts

    assert receiver_in(text) == NewReceiver(name=name, phone=phone, region=region, street=street)


@pytest.mark.parametrize(
    "text", ["改地址", "地址写错了", "能改地址吗", "寄到公司了 我想寄到家里", "地址改到北京去可以吗"]
)
def test_a_mere_wish_names_nothing(text: str) -> None:
    assert receiver_in(text) == NewReceiver()


def test_a_new_region_leaves_no_street_of_the_old_one() -> None:
    new = merged(NewReceiver(region="杭州市西湖区", street="文三路1号"), NewReceiver(region="成都市武侯区"))

    assert new == NewReceiver(region="成都市武侯区")
    assert lacks_street(new)


def test_however_long_it_is_it_can_be_sent() -> None:
    receiver = receiver_in("改成浙江省杭州市西湖区" + "文三路1号" * 100)

    assert len(receiver.street) == 120
