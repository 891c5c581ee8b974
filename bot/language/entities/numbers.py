"""Identifiers: whose shape and check digit, and the words beside them, say what a row of digits is.

`read_numbers` also finds ID and bank cards, for `bot.language.safety`; they are never handed on as entities.
"""

import re
from dataclasses import dataclass
from typing import Iterator, List, Optional, Text, Tuple

from bot.language.entities.checksums import has_credit_check, has_id_check, has_luhn_check, is_id_shaped
from bot.language.entities.context import cue_after, cue_before
from bot.language.entities.entity import Entity

RUN = re.compile(r"[A-Za-z0-9]+")
MAX_GAP_PARTS = 8

MOBILE = re.compile(r"1[3-9]\d{9}")
PINDUODUO = re.compile(r"2\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?\d{15}")
LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(?:0\d{2,3}-?[2-8]\d{6,7}|400-?\d{3}-?\d{4}|800-?\d{3}-?\d{4})(?![0-9A-Za-z])")
EXTENSION = re.compile(r"\s?(?:转|转接|-)\s?(\d{3,4})(?!\d)")
PAYMENT = re.compile(r"(?:4200|50\d\d)\d{23,25}")
BANK_SHAPE = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|35\d{14}|3[47]\d{13}|9558\d{15}|60(?:13|11|1382)\d{12,15}")
OLD_TAX = re.compile(r"\d{15}|[0-9A-Z]{17}|[0-9A-Z]{18}|[0-9A-Z]{20}")
COMPANY_PREFIX = ("91", "92", "93")

# Carriers by the shape of their numbers, surest first (digits only where no letter helps).
LETTERED = (
    ("SF", re.compile(r"SF[0-9A-Z]?\d{12}")),
    ("YTO", re.compile(r"YT\d{13}")),
    ("JT", re.compile(r"JT\d{12,13}")),
    ("JD", re.compile(r"JDV[A-Z]\d{11}|JD[XK]\d{12}|JD[A-Z0-9]{2}\d{9,11}|JD\d{11,13}")),
    ("DBL", re.compile(r"DPK\d{12}|DPL?\d{10,12}")),
    ("STO", re.compile(r"STO\d{10,13}")),
    ("ZTO", re.compile(r"ZTO?\d{10,14}")),
    ("YD", re.compile(r"YD\d{13}")),
    ("EMS", re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")),
)
BARE = (
    ("ZTO", re.compile(r"7[3-68]\d{12}")),
    ("STO", re.compile(r"77\d{12,15}|43\d{12}|43\d{14,15}")),
    ("YD", re.compile(r"[34]\d{14}")),
    ("DN", re.compile(r"621\d{12}")),
)
ANY_LETTERED = re.compile(r"[A-Z]{1,4}\d{9,16}")
TRACKING_CUES = ("tracking",)
NUMBER_CUES = ("order", "refund", "payment", "tracking", "single")


@dataclass(frozen=True)
class Run:
    """Letters and digits at one place; `text` is upper case, without the gaps it was typed with."""

    text: Text
    start: int
    end: int
    before: Optional[Text]
    after: Optional[Text]

    @property
    def cue(self) -> Optional[Text]:
        return self.before or self.after

    def found(self, entity: Text, value: Optional[Text] = None, confidence: float = 0.9, **extra: object) -> Entity:
        return Entity(entity, value or self.text, self.start, self.end, dict(extra), confidence)


def _parts(clean: Text) -> List[Tuple[int, int]]:
    return [match.span() for match in RUN.finditer(clean)]


def _groups(clean: Text) -> Iterator[Tuple[int, int]]:
    """Runs of letters and digits; rows of digits typed in groups (138 1234 5678, 6222-0212-…) become one."""
    parts, place = _parts(clean), 0
    while place < len(parts):
        start, end = parts[place]
        place += 1
        taken = 1
        while place < len(parts) and taken < MAX_GAP_PARTS and _continues(clean, start, end, parts[place]):
            end = parts[place][1]
            place, taken = place + 1, taken + 1
        yield start, end


def _continues(clean: Text, start: int, end: int, part: Tuple[int, int]) -> bool:
    gap = clean[end : part[0]]
    if gap not in (" ", "-"):
        return False
    last = re.split(r"[ -]", clean[start:end])[-1]
    if not (last.isdigit() and clean[part[0] : part[1] - 1].isdigit() or last.isdigit() and part[1] - part[0] == 1):
        return False
    return _is_grouping(len(last), part[1] - part[0], len(clean[start:end]), gap)


def _is_grouping(last: int, following: int, so_far: int, gap: Text) -> bool:
    if gap == "-" and last == 6 and following == 15:
        return True  # 261118-123456789012345
    if last == 3 and following == 4 or (last in (2, 3, 4) and following in (3, 4) and gap == "-"):
        return True  # 138 1234 …, 400-800-…
    return last in (4, 6, 8, 10) and following in (1, 2, 3, 4, 8, 11) and so_far >= 4


def _runs(clean: Text, folded: Text) -> Iterator[Run]:
    for start, end in _groups(clean):
        for first, last in _whole_or_parts(clean, start, end):
            text = re.sub(r"[ -]", "", clean[first:last]).upper()
            digits = sum(character.isdigit() for character in text)
            if digits >= 7:
                yield Run(text, first, last, cue_before(folded, first), cue_after(folded, last))


def _whole_or_parts(clean: Text, start: int, end: int) -> List[Tuple[int, int]]:
    """A grouping must make a known shape; else its parts are read on their own."""
    joined = re.sub(r"[ -]", "", clean[start:end])
    if len(joined) == end - start or _is_known_joined(joined, clean[start:end]):
        return [(start, end)]
    return [(start + a, start + b) for a, b in _parts(clean[start:end])]


def _is_known_joined(joined: Text, typed: Text) -> bool:
    if MOBILE.fullmatch(joined) or "-" in typed and PINDUODUO.fullmatch(joined):
        return True
    if joined.startswith(("400", "800")) and len(joined) == 10:
        return True
    if carrier_of(joined):
        return True
    return 12 <= len(joined) <= 19 and all(len(part) >= 3 for part in re.split(r"[ -]", typed)[:-1])


def carrier_of(number: Text) -> Text:
    """The code of the carrier whose numbers look like `number` (upper case), or ""."""
    for code, shape in (*LETTERED, *BARE):
        if shape.fullmatch(number):
            return code
    return ""


def _as_letters(run: Run) -> Optional[Entity]:
    for code, shape in LETTERED:
        if shape.fullmatch(run.text):
            return run.found("tracking_number", confidence=0.97, carrier=code)
    if ANY_LETTERED.fullmatch(run.text) and run.cue in ("tracking", "single"):
        return run.found("tracking_number", confidence=0.8, carrier="")
    return None


def _as_tax(run: Run) -> Optional[Entity]:
    is_right = has_credit_check(run.text)
    if run.cue == "tax" and OLD_TAX.fullmatch(run.text):
        return run.found("tax_number", confidence=0.97, is_valid=is_right or len(run.text) != 18)
    has_letter = not run.text.isdigit() and not (run.text[:-1].isdigit() and run.text[-1] == "X")
    if is_right and (has_letter or run.text.startswith(COMPANY_PREFIX)) and run.before not in ("order", "id_card"):
        return run.found("tax_number", confidence=0.95, is_valid=True)
    return None


def _as_id_card(run: Run) -> Optional[Entity]:
    if len(run.text) == 15 and run.text.isdigit() and run.cue == "id_card":
        return run.found("id_card", confidence=0.9)
    if len(run.text) != 18 or not (run.text[:17].isdigit() and run.text[17] in "0123456789X"):
        return None
    if run.text[17] == "X" and run.before not in NUMBER_CUES and run.cue != "tax":
        return run.found("id_card", confidence=0.95)
    if is_id_shaped(run.text) and (has_id_check(run.text) or run.before not in NUMBER_CUES):
        return run.found("id_card", confidence=0.97)
    return run.found("id_card", confidence=0.85) if run.before == "id_card" else None


def _as_bank_card(run: Run) -> Optional[Entity]:
    if not run.text.isdigit() or not 15 <= len(run.text) <= 19 or "gift_card" in (run.before, run.after):
        return None
    is_right = has_luhn_check(run.text)
    is_named = run.before == "bank_card" and (is_right or run.after not in NUMBER_CUES)
    is_shaped = bool(BANK_SHAPE.fullmatch(run.text))
    is_meant = run.before is None and run.after == "bank_card" and is_shaped
    if len(run.text) >= 16 and (is_named or is_meant):
        return run.found("bank_card", confidence=0.95)
    return run.found("bank_card", confidence=0.9) if is_shaped and is_right and run.before not in NUMBER_CUES else None


def _as_phone(run: Run) -> Optional[Entity]:
    text = run.text[2:] if run.text.startswith("86") and len(run.text) == 13 else run.text
    if MOBILE.fullmatch(text) and run.before not in ("order", "refund", "payment", "gift_card"):
        return run.found("phone", text, confidence=0.95)
    return None


def _as_order(run: Run) -> Optional[Entity]:
    if not run.text.isdigit() or run.cue in ("gift_card", "id_card", "tax"):
        return None
    if PINDUODUO.fullmatch(run.text) and len(run.text) == 21:
        return run.found("order_number", f"{run.text[:6]}-{run.text[6:]}", confidence=0.98, platform="pinduoduo")
    if PAYMENT.fullmatch(run.text):
        return run.found("order_number", confidence=0.7, kind="payment")
    if run.before in ("refund", "payment") and len(run.text) >= 8:
        return run.found("order_number", confidence=0.6, kind=run.before)
    if run.cue == "order" and 8 <= len(run.text) <= 32 and (run.before == "order" or len(run.text) >= 10):
        return run.found("order_number", confidence=0.95)
    return run.found("order_number", confidence=0.85) if len(run.text) in (18, 19) else None


def _as_bare_tracking(run: Run) -> Optional[Entity]:
    if not run.text.isdigit() or run.before in ("order", "gift_card") or run.cue == "gift_card":
        return None
    code = carrier_of(run.text)
    if run.cue == "tracking" and 10 <= len(run.text) <= 17:
        return run.found("tracking_number", confidence=0.9, carrier=code)
    return run.found("tracking_number", confidence=0.8, carrier=code) if code or len(run.text) == 13 else None


def _as_some_number(run: Run) -> Optional[Entity]:
    """A number nobody named: most likely an order, said with little confidence so that the bot asks."""
    if not run.text.isdigit() or run.cue not in (None, "order", "single") or not 10 <= len(run.text) <= 20:
        return None
    return run.found("order_number", confidence=0.5, maybe="tracking_number")


def _classify(run: Run) -> Optional[Entity]:
    if run.before == "tracking":
        readers = (_as_letters, _as_phone_if_shaped, _as_tax, _as_id_card, _as_bare_tracking, _as_order)
    else:
        readers = (
            _as_tax,
            _as_id_card,
            _as_bank_card,
            _as_letters,
            _as_phone,
            _as_order,
            _as_bare_tracking,
            _as_some_number,
        )
    return next((found for reader in readers if (found := reader(run)) is not None), None)


def _as_phone_if_shaped(run: Run) -> Optional[Entity]:
    return _as_phone(run) if len(run.text) == 11 else None


def _landlines(clean: Text) -> Iterator[Entity]:
    for match in LANDLINE.finditer(clean):
        yield Entity("phone", match[0], *match.span(), {"kind": "landline"}, 0.9)


def _with_extension(found: Entity, clean: Text) -> Entity:
    """A privacy number: `13800138000转1234`."""
    match = EXTENSION.match(clean, found.end)
    if found.entity != "phone" or match is None or len(found.value) != 11:
        return found
    return Entity("phone", found.value, found.start, match.end(), {"extension": match[1]}, found.confidence)


def read_numbers(clean: Text, folded: Text) -> List[Entity]:
    """Every identifier of a cleaned text and its folded spelling; cards included."""
    found = [entity for run in _runs(clean, folded) if (entity := _classify(run)) is not None]
    return [_with_extension(entity, clean) for entity in found] + list(_landlines(clean))
