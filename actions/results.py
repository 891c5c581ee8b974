"""When the shopper was last told something: the bridge brings a person when minutes of talk have brought nothing.

What stands on a card the bridge sees itself; here are the answers that are words alone.
"""

from actions.turn import Events, Turn, set_slots

SLOT = "answered_at"
ANSWERS = frozenset(
    {"utter_rule_answer", "utter_help", "utter_membership", "utter_return_policy_of_goods"}
    | {"utter_product_line", "utter_product_options", "utter_product_no_such_option", "utter_product_price"}
    | {"utter_product_in_stock", "utter_product_partly_in_stock", "utter_product_sold_out"}
    | {"utter_product_all_in_stock", "utter_product_all_but", "utter_refund_amount_expected"}
    | {"utter_refund_destination_of_order", "utter_no_coupon_used"}
)


def note(turn: Turn) -> Events:
    """The slot after an action has answered."""
    said = {str(message.get("response") or "") for message in turn.dispatcher.messages}
    return set_slots(**{SLOT: turn.now.isoformat()}) if said & ANSWERS else []
