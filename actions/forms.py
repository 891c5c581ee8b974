"""What is easier to fill in than to write: the receiver of an order, a day and a part of it."""

from datetime import date

from actions.wording import FORMS, SLOTS
from contracts.bot_output import FormCard, FormField

PARTS = ("morning", "afternoon", "evening")


def receiver_form() -> FormCard:
    """Any part of it; read again by `receivers.receiver_in`."""
    words = FORMS["receiver"]
    fields = [
        FormField(name="name", label=words["name"], is_required=False),
        FormField(name="phone", label=words["phone"], kind="phone", is_required=False),
        FormField(name="region", label=words["region"], hint=words["region_hint"], is_required=False),
        FormField(name="street", label=words["street"], hint=words["street_hint"], is_required=False),
    ]
    return FormCard(
        title=words["title"], fields=fields, said="改成{region}{street}，{name} {phone}", submit=words["submit"]
    )


def time_form(first: date, last: date, parts: tuple[str, ...] = PARTS) -> FormCard:
    """A day from `first` to `last` and a part of it, read again as a date in words ("12月5日上午")."""
    words = FORMS["time"]
    fields = [
        FormField(name="day", label=words["day"], kind="day", first=first, last=last),
        FormField(name="part", label=words["part"], kind="choice", options=[SLOTS[part] for part in parts]),
    ]
    return FormCard(title=words["title"], fields=fields, said="{day}{part}", submit=words["submit"])
