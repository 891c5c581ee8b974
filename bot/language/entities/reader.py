"""All rules together: one message → its entities, without overlaps."""

from datetime import datetime
from typing import List, Optional, Sequence, Text

from bot.language.entities.amounts import read_amounts
from bot.language.entities.carriers import named_carrier, read_carriers
from bot.language.entities.dates import read_dates
from bot.language.entities.emails import read_emails
from bot.language.entities.entity import Entity, resolve
from bot.language.entities.folding import fold
from bot.language.entities.invoices import read_invoice_titles
from bot.language.entities.numbers import read_numbers
from bot.language.entities.options import read_options
from bot.language.entities.products import read_products
from bot.language.entities.quantities import read_quantities
from bot.language.entities.reasons import Reasons
from bot.language.entities.regions import read_regions
from bot.language.normalise import clean

KEPT_BACK = frozenset({"id_card", "bank_card", "blocked"})  # found so that nothing else claims their place


def read_entities(
    text: Text, now: datetime, *, terms: Sequence[Entity] = (), reasons: Optional[Reasons] = None
) -> List[Entity]:
    """The entities of any text, in its order; offsets count in `clean(text)`.

    `now` is an aware instant; `terms` are the words of the lookups found in `fold(clean(text))`, which spaCy brings.
    """
    cleaned = clean(text)
    return entities_of(cleaned, fold(cleaned), now, terms=terms, reasons=reasons)


def entities_of(
    cleaned: Text, folded: Text, now: datetime, *, terms: Sequence[Entity], reasons: Optional[Reasons]
) -> List[Entity]:
    """`read_entities` for a caller who already has both spellings."""
    carriers = read_carriers(terms)
    numbers = read_numbers(cleaned, folded)
    found = [
        *(named_carrier(number, carriers) for number in numbers),
        *read_emails(cleaned),
        *read_invoice_titles(cleaned, folded),
        *read_amounts(folded),
        *read_dates(folded, now),
        *read_quantities(folded),
        *read_options(folded, terms),
        *carriers,
        *read_regions(folded, terms),
        *read_products(cleaned, folded, terms, numbers),
        *(reasons.read(folded) if reasons else ()),
        *(term for term in terms if term.entity == "blocked"),
    ]
    return [entity for entity in resolve(found) if entity.entity not in KEPT_BACK]
