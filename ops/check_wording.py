"""Are the words fit to be said?

- no response holds a phrase that consumer law makes void, or asks for what may never be asked for in a chat;
- no response is defined that nothing says.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ops.paths import ROOT

# Void under 消费者权益保护法 art. 26 and the Supreme Court's provisions on online consumption (art. 1), or promises
# and requests a bot must never make.
FORBIDDEN = {
    r"签收(?:即|就)视为": "signing never means accepting the quality",
    r"最终解释权": "void: the shop does not have the last word",
    r"不得投诉|差评(?:就|将)?不退|好评才": "nobody may be kept from complaining",
    r"特价.{0,6}(?:一律|概)不": "special prices do not end the right to return",
    r"(?:拆封|拆开|打开)(?:后|就|了)?(?:一律|概)?不(?:退|予退|能退)": "opening alone is no ground to refuse",
    r"赠品.{0,6}不(?:保修|退换|三包)": "gifts have the same warranty",
    r"(?:请|麻烦)(?!不要|勿|别).{0,6}(?:提供|发送?|输入|告诉).{0,6}(?:身份证|银行卡|验证码)": "never ask for these",
    r"(?:一定|保证|肯定)(?:会)?(?:赔|退款|赔偿)": "no promise beyond a verdict",
}
SAID_IN = ("bot/domain", "policy", "actions", "handoff_api", "shop_api", "web/widget/chat", "web/demo_store/src")
SUFFIXES = {".yml", ".py", ".ts", ".vue"}
INTENT = re.compile(r"^\s*(\w+):", re.MULTILINE)
RESPONSE = re.compile(r"^  (utter_\w+):", re.MULTILINE)


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in SUFFIXES)


def forbidden_phrases() -> Iterator[str]:
    for path in _sources(*SAID_IN):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for pattern, reason in FORBIDDEN.items():
                if found := re.search(pattern, line):
                    yield f"{path.relative_to(ROOT)}:{number}: «{found[0]}»: {reason}"


def unused_responses() -> Iterator[str]:
    defined = {name for path in _sources("bot/domain") for name in RESPONSE.findall(path.read_text(encoding="utf-8"))}
    # What an intent's general answer is called is put together from the intent's name.
    defined -= {f"utter_{name}" for name in INTENT.findall((ROOT / "actions/intent_titles.yml").read_text("utf-8"))}
    users = "\n".join(path.read_text(encoding="utf-8") for path in _sources("bot/rules", "bot/stories", "actions"))
    yield from (f"{name} is defined and never said" for name in sorted(defined) if not re.search(rf"\b{name}\b", users))


def main() -> int:
    found = [*forbidden_phrases(), *unused_responses()]
    for problem in found:
        print(problem)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
