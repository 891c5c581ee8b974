"""Rasa's command line without what this bot never loads: `python -m bot run …`, `python -m bot train …`.

Takes Rasa's own arguments. A server needs about half the time and memory of `rasa run`
(`extensions/light_rasa.py`), and a turn less work (`extensions/quick_*.py`). `ALL_OF_RASA=1` gives plain Rasa.
"""

import sys

from bot.extensions import light_rasa


def main() -> None:
    only_reads = len(sys.argv) > 1 and sys.argv[1] == "run"
    unused = light_rasa.ONLY_FOR_TRAINING if only_reads else ()
    is_light = light_rasa.install((*light_rasa.NEVER_CALLED, *unused))

    from rasa.__main__ import main as rasa_main  # only now: the stand-ins must be there first

    if is_light:
        from bot.extensions import quick_actions, quick_policies, quick_rasa

        quick_rasa.mend()
        if only_reads:
            quick_rasa.mend_serving()
            quick_policies.mend_policies()
            quick_actions.mend_actions()
    rasa_main()


if __name__ == "__main__":
    main()
