"""The demo shop's own words: its name, where returns go, who signs a case."""

SHOP_ID = "demo"
SHOP_NAME = "拾光优选"
RETURN_ADDRESS = "浙江省金华市义乌市福田街道拾光路88号 拾光优选售后仓（收件人：售后组，电话 0579-85001234）"
AUTHOR_NAMES = {"shopper": "顾客", "agent": "商家客服", "system": "系统"}
