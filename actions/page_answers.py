"""What of a product's page, or of the help pages, answers a question. Pure.

Rule 1. A line answers when its label is about what is asked (材质 for "什么料子"), or when it says most of the
        question's own words. Nothing else does: a page that is silent on it is no answer, however near it sounds.
Rule 2. What can be bought is answered from the options and their stock, not from the page's words.
"""

import re
from collections.abc import Sequence

from actions.wording import HELP_SUBJECTS, PAGE_TOPICS
from contracts.shop import HelpEntry, OrderOption, PageLine, ProductPage

SIZE = r"(?P<size>[xX]{0,4}[sSlLmM]|\d{2,3}(?:\.5)?)(?![0-9A-Za-z克斤米天小g.])\s*[码号]?的?"
SIZE_ASKED = re.compile(rf"(?:有没有|还有|没有|有)\s*{SIZE}[吗么没呢啊呀？?]*$")
SIZE_THEN_ASKED = re.compile(rf"(?<![0-9A-Za-z.]){SIZE}\s*(?:还|现在)?(?:有没有|有[吗么没货]|在不在)")
ASKS_STOCK = re.compile(
    SIZE_THEN_ASKED.pattern
    + r"|有货|没货|缺货|断货|补货|现货|库存|卖完|还有.{0,6}(?:码|号|色|吗|没|么)|有.{0,5}[码号色款]的?(?:吗|么|没|不)"
)
ASKS_OPTIONS = re.compile(r"(?:哪些|哪几|几[个种]|什么|都有|有(?:哪|啥)).{0,3}(?:颜色|色|尺码|码|号|规格|款|版本|容量)")
ASKS_PRICE = re.compile(r"多少钱|什么价|价格|几块|贵不贵|怎么卖")
FILLERS = re.compile(
    r"请问|想问|问一?下|怎么办|怎么样|怎么|怎样|如何|我|了|你们?|这个|这款|那个|那款|这双|这件|的|吗|呢|么|呀|啊|是|可以|能不能|能|会不会|会|多少|什么|"
    r"有没有|不"
)
SAID = 0.6  # of the question's pairs of characters, on one line of the page
HELP_SAID = 0.5


def line_for(question: str, page: ProductPage) -> PageLine | None:
    """The line of the page that answers; None where the page does not say."""
    by_topic = [line for line in page.lines if any(topic.fits(question, line) for topic in PAGE_TOPICS)]
    if by_topic:
        return by_topic[0]
    core = _core(question, page.title)
    near = {id(line): _share(core, line.label + line.text) for line in page.lines}
    best = max(page.lines, key=lambda line: near[id(line)], default=None)
    return best if best and near[id(best)] >= SAID else None


def help_for(question: str, entries: Sequence[HelpEntry]) -> HelpEntry | None:
    """The help entry the shop found nearest, if the question really is about it."""
    core = _core(question, "")
    near = (entry for entry in entries if _share(core, entry.question + entry.answer) >= HELP_SAID)
    subject = next((words for words in HELP_SUBJECTS if words.search(question)), None)
    named = (entry for entry in entries if subject and subject.search(entry.question))
    return next(near, None) or next(named, None)


def size_not_sold(question: str, options: Sequence[OrderOption]) -> str | None:
    """A size that is asked for and that this product does not come in."""
    match = SIZE_ASKED.search(question) or SIZE_THEN_ASKED.search(question)
    sold = {value.upper() for option in options for value in option.options.values()}
    return match["size"].upper() if match and match["size"].upper() not in sold else None


def options_named(question: str, options: Sequence[OrderOption]) -> list[OrderOption]:
    """Those with the most values that the question names; none where it names none."""
    hits = {option.sku_id: sum(_names(question, value) for value in option.options.values()) for option in options}
    most = max(hits.values(), default=0)
    return [option for option in options if most and hits[option.sku_id] == most]


def values_by_name(options: Sequence[OrderOption]) -> dict[str, list[str]]:
    """颜色 → 雾灰, 曜黑: what there is, in the page's order."""
    found: dict[str, dict[str, None]] = {}
    for option in options:
        for name, value in option.options.items():
            found.setdefault(name, {})[value] = None
    return {name: list(values) for name, values in found.items()}


def _names(question: str, value: str) -> bool:
    """ "43" of 43码, "L" but not of XL, "黑" of 曜黑."""
    said = question.upper()
    if re.fullmatch(r"[0-9A-Z.]+", value.upper()):
        return bool(re.search(rf"(?<![0-9A-Z.]){re.escape(value.upper())}(?![0-9A-Z.])", said))
    return value in question or any(f"{letter}色" in question for letter in value if letter != "色")


def _core(question: str, title: str) -> str:
    words = [title[i : i + 2] for i in range(len(title) - 1)]
    for word in words:
        question = question.replace(word, " ")
    return FILLERS.sub(" ", question)


def _share(core: str, text: str) -> float:
    pieces = [piece for piece in re.split(r"\W+", core) if len(piece) > 1]
    pairs = {piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0
