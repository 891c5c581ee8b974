"""The spaCy pipeline: jieba's words, an `entity_ruler` with the lookups, and our rules as the last pipe.

spaCy keeps every string it has ever seen. So its texts have all figures but short ones masked: order numbers would
fill the memory of a server, one by one.
"""

import re
from datetime import datetime
from typing import Any, Dict, List, Optional, Sequence, Text

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from bot.language.entities.entity import Entity
from bot.language.entities.folding import fold
from bot.language.entities.lookups import Tables, Term, terms_of
from bot.language.entities.reader import entities_of
from bot.language.entities.reasons import Reasons
from bot.language.normalise import clean

TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "jieba"}}}
FIGURES = re.compile(r"[a-z0-9]{5,}")
LONG_WORD = 4
FOUND = "shop_entities"
GIVEN = "shop_message"


def _masked(folded: Text) -> Text:
    return FIGURES.sub(lambda match: "0" * len(match[0]) if any(map(str.isdigit, match[0])) else match[0], folded)


class ShopRules:
    """The last pipe: the ruler's words and our rules, resolved, in `doc.user_data["shop_entities"]`.

    They are not `doc.ents`: an order number or a date may begin within a token.
    """

    def __init__(self, terms: Sequence[Term], reasons: Reasons) -> None:
        self._terms = {term.word: term for term in terms}
        self._reasons = reasons

    def __call__(self, doc: Doc) -> Doc:
        cleaned, folded, now = doc.user_data[GIVEN]
        found = [self._entity(folded, span.start_char, span.end_char) for span in doc.ents]
        terms = [entity for entity in found if entity is not None]
        doc.user_data[FOUND] = entities_of(cleaned, folded, now, terms=terms, reasons=self._reasons)
        return doc

    def _entity(self, folded: Text, start: int, end: int) -> Optional[Entity]:
        term = self._terms.get(folded[start:end])
        return term.at(start, end) if term else None


@Language.factory("shop_rules", default_config={"tables": {}})
def _shop_rules(nlp: Language, name: Text, tables: Dict[Text, Any]) -> ShopRules:
    return ShopRules(terms_of(tables), Reasons(tables["reasons"]))


class EntityPipeline:
    """Reads the entities of a message. The shop's dictionary must be in jieba before this is built: the ruler cuts its
    words as the tokenizer will cut them in messages."""

    def __init__(self, tables: Tables) -> None:
        self._nlp = spacy.blank("zh", config=TOKENIZER)
        terms = terms_of(tables)
        self._words = {term.word for term in terms}
        ruler = self._nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": term.label, "pattern": term.word} for term in terms])
        self._nlp.add_pipe("shop_rules", config={"tables": tables})

    def read(self, text: Text, now: datetime, *, words: Sequence[Text] = ()) -> List[Entity]:
        """`words` are jieba's, where somebody has cut the text already; used if they are words of this very text."""
        cleaned = clean(text)
        if not cleaned:
            return []
        folded = fold(cleaned)
        doc = self._doc(_masked(folded), folded, words)
        doc.user_data[GIVEN] = (cleaned, folded, now)
        return list(self._nlp(doc).user_data[FOUND])

    def _doc(self, masked: Text, folded: Text, words: Sequence[Text]) -> Doc:
        if words and "".join(words) == folded:
            cuts, start = [], 0
            for word in words:
                cuts.append(masked[start : start + len(word)])
                start += len(word)
            doc = Doc(self._nlp.vocab, words=cuts, spaces=[False] * len(cuts))
        else:
            doc = self._nlp.make_doc(masked)
        return self._split(doc)

    def _split(self, doc: Doc) -> Doc:
        """jieba guesses long words (上海市浦东新区, 广西南宁): one that begins or ends with a term is cut there."""
        cuts = {token.i: cut for token in doc if len(token) >= LONG_WORD and (cut := self._cut_of(token.text))}
        if not cuts:
            return doc
        words, spaces = [], []
        for token in doc:
            cut = cuts.get(token.i)
            words += [token.text[:cut], token.text[cut:]] if cut else [token.text]
            spaces += [False, bool(token.whitespace_)] if cut else [bool(token.whitespace_)]
        return Doc(doc.vocab, words=words, spaces=spaces)

    def _cut_of(self, word: Text) -> int:
        """Where to cut `word`; 0 for nowhere. The longest term wins."""
        if word in self._words or not "\u4e00" <= word[0] <= "\u9fff":
            return 0
        begins = next((end for end in range(len(word) - 1, 1, -1) if word[:end] in self._words), 0)
        return begins or next((start for start in range(1, len(word) - 1) if word[start:] in self._words), 0)
