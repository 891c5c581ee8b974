"""Ids: a prefix that says the noun, and 96 random bits nobody can guess."""

import secrets


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
