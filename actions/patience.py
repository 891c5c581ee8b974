"""The shopper says that this brings nothing: a person at once, nobody is talked out of it.

That three minutes pass without a result is seen by the bridge, which has the clock.
"""

import re

from actions.turn import Turn

SAYS_SO = re.compile(
    r"没(?:有)?(?:解决|用|帮助)|不管用|解决不了|答非所问|说了等于没说|听不懂(?:人话|吗)|还是(?:不行|没用|一样)|等于没(?:说|回答)|"
    r"没(?:有)?回答我|不是我(?:问|要)的"
)

REFUSES_RESULT = re.compile(r"不同意|不接受|不认可|不认同|不服|凭什么")


def says_no_result(turn: Turn) -> bool:
    """Not at once: the first message cannot be about what we have answered."""
    return bool(SAYS_SO.search(turn.message.text)) and len(list(turn.intents_newest_first())) > 1
