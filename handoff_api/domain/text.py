"""What people type, made safe to keep, to show and to hand to Rasa."""

import unicodedata

from contracts.events import MAX_TEXT
from handoff_api.errors import TextEmpty, TextTooLong

_KEPT_CONTROLS = "\n\t"
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_ENDS = "，。！？；：,.!?;:…~～\n"


def clean_text(text: str) -> str:
    """NFC, without control and direction-changing characters; the emptiness and the limit are checked afterwards.

    A text that Rasa would take for a command begins with a full-width slash instead: Rasa strips any Unicode white
    space first, then looks for "/".
    """
    kept = without_controls(text)
    if not any(_is_visible(char) for char in kept):
        raise TextEmpty
    if len(kept) > MAX_TEXT:
        raise TextTooLong
    return kept.replace("/", "／", 1) if kept.strip().startswith("/") else kept


def clean_words(text: str, *, has_more: bool) -> str:
    """The words of a message; none are needed where something else stands beside them."""
    return "" if has_more and not text.strip() else clean_text(text)


def without_controls(text: str) -> str:
    """For words that may be empty: a rating's comment, a disposition, a sign-in name."""
    return "".join(char for char in unicodedata.normalize("NFC", text) if _is_kept(char))


def _is_kept(char: str) -> bool:
    if char in _KEPT_CONTROLS:
        return True
    return unicodedata.category(char) not in ("Cc", "Cs") and ord(char) not in _BIDI


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) != "Cf"


def join_texts(earlier: str, later: str) -> str:
    """Two messages as one thought, with a comma where the first has no end of its own."""
    return earlier + later if earlier.rstrip(" ").endswith(tuple(_ENDS)) else f"{earlier}，{later}"
