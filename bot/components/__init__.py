"""Our components of the NLU pipeline. `config.yml` names them in order; each wraps a part of `bot/language/`.

They hand strings to one another on the message, under the attributes named here.
"""

from contextvars import ContextVar

NORMALISED = "normalised_text"
WORDS = "words"
CLAUSES = "clauses"
VECTORS = "vectors"  # text → vector, where an encoder is named
EXPLANATION = "explanation"

# Set around a parse whose caller wants to know why: an explanation costs time and nobody asks for it in a turn.
is_explained: ContextVar[bool] = ContextVar("is_explained", default=False)
