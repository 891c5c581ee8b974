"""`python -m handoff_api.verify_audit [head]`: is the audit log what was written? `head` is one that was kept."""

import asyncio
import sys

from handoff_api.fsck import Where
from handoff_api.record import audit
from handoff_api.record.database import Record


async def verify(database_url: str, known_head: str | None = None) -> tuple[list[str], int, str]:
    record = Record(database_url)
    try:
        async with record.reading() as session:
            return await audit.verify(session, known_head=known_head)
    finally:
        await record.close()


def main() -> None:
    known_head = sys.argv[1] if len(sys.argv) > 1 else None
    wrong, count, head = asyncio.run(verify(Where().database_url, known_head))
    sys.stdout.write("".join(f"{problem}\n" for problem in wrong))
    sys.stdout.write(f"audit: {count} sealed entries, {len(wrong)} problems, head {head}\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
