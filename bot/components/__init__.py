"""Our components of the NLU pipeline. `config.yml` names them in order; each wraps a part of `bot/language/`.

They hand strings to one another on the message, under the attributes named here.
"""

NORMALISED = "normalised_text"
WORDS = "words"
CLAUSES = "clauses"
