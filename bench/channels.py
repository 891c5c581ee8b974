"""What the IM channels take in, and whether anything is lost or said twice: `make bench-channels`.

1. How soon a WeChat push (AES), a webhook call and a message on the web page's socket are acknowledged: closed loop
   with 50 senders, then open loop, so many due a second at fixed instants, each timed from the instant it was due. The
   bot answers all of them. The record is SQLite, synchronous=FULL.
2. 10,000 messages, pictures among them, over three channels, while the platforms fail at random: busy, wrong token,
   answers lost after the message was taken, the same push twice at once and again, files that come at the second try.
   Then every message must be in the record once, in order, and every delivery at its platform once, in order.
3. The same for a part of them while the bridge is killed (SIGKILL) again and again.
"""

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.channels_load import Load, measured, runs
from bench.channels_trial import KINDS, Found, endurance

COLUMNS = "| path | acknowledged a second | p50 ms | p99 ms | bridge µs each |\n|---|---:|---:|---:|---:|"


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(load: Load) -> str:
    return f"| {load.name} | {load.per_s:,.0f} | {load.p50_ms:.1f} | {load.p99_ms:.1f} | {load.cpu_us:,.0f} |"


def throughput(seconds: float) -> str:
    rows = [COLUMNS]
    show(COLUMNS)
    for make_run in runs():
        rows.append(row(measured(seconds, make_run)))
        show(rows[-1])
    return "\n".join(rows)


def said(found: Found) -> str:
    lines = [
        f"{found.messages:,} messages ({found.pictures:,} pictures) in, {found.turns:,} turns answered, "
        f"{found.deliveries:,} deliveries out;\nall acknowledged after {found.acknowledged_s:.0f} s, "
        f"all delivered after {found.delivered_s:.0f} s.",
        *(f"✗ {problem}" for problem in found.problems[:20]),
        "**Nothing lost, nothing twice.**" if not found.problems else f"**{len(found.problems)} problems.**",
    ]
    return "\n".join(lines)


def heading() -> str:
    return (
        "# The IM channels beside the web page\n\n"
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors ({platform.machine()}), load average "
        f"{os.getloadavg()[0]:.1f} at the start, by `make bench-channels`.\n"
        "Bridge, Redis, the stand-ins and the load generator share the machine; the bot's answers\n"
        "and their deliveries are in the bridge's processor time. Where messages are due so many a second (open loop),"
        "\neach is timed from the instant it was due.\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each run of the first part")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--skip-throughput", action="store_true")
    parser.add_argument("--write", type=Path, help="put the figures into this Markdown file")
    asked = parser.parse_args()
    began, parts = time.monotonic(), [heading()]
    if not asked.skip_throughput:
        parts.append(throughput(asked.seconds))
    trials = (
        (f"{asked.messages:,} messages over {', '.join(KINDS)}, platforms failing at random", asked.messages, 0, KINDS),
        (
            f"{asked.messages // 5:,} messages over webhook and wecom, the bridge killed {asked.kills} times",
            asked.messages // 5,
            asked.kills,
            ("webhook", "wecom"),
        ),
    )
    is_fine = True
    for number, (title, messages, kills, kinds) in enumerate(trials):
        show(f"\n{title}:")
        found = endurance(messages, max(1, messages // 60), asked.seed + number, kills, kinds)
        is_fine = is_fine and not found.problems
        parts.append(f"## {title}\n{said(found)}")
        show(said(found))
    show(f"\n{time.monotonic() - began:.0f} s")
    if asked.write:
        asked.write.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return not is_fine


if __name__ == "__main__":
    raise SystemExit(main())
