"""What leaves the shop of a person: a surname, the ends of a phone number, the address down to the district."""

PHONE_DIGITS = 11


def mask_name(name: str) -> str:
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == PHONE_DIGITS else "****"
