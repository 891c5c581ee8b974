"""`python -m handoff_api.seed_demo` with DEMO=1: the demo agents. Their passwords are public, so without DEMO=1 it
refuses, and with it the bridge refuses to listen beyond this machine."""

import asyncio
import sys

from handoff_api.first_replies import first_replies
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

PASSWORD = "shouhou-demo"
SKILLS = ["general", "complaint", "quality", "aftersale", "repair", "logistics", "account"]
AGENTS = [("xiaolin", "小林", "agent", 5), ("xiaozhou", "小周", "agent", 5), ("zhuguan", "主管", "supervisor", 3)]


async def seed(settings: Settings) -> list[str]:
    """The logins that were created; those that exist are left alone, and so are canned replies."""
    bridge = build_bridge(settings)
    try:
        await bridge.canned_replies.install(settings.shop_id, first_replies())
        return [
            login
            for login, name, role, capacity in AGENTS
            if await bridge.accounts.add_agent(login, PASSWORD, name, role=role, skills=SKILLS, capacity=capacity)
        ]
    finally:
        await bridge.close()


def main() -> None:
    settings = Settings()
    if not settings.demo:
        sys.exit("demo accounts are only made with DEMO=1")
    created = asyncio.run(seed(settings))
    sys.stdout.write(f"bridge: {len(created)} demo accounts created, {len(AGENTS) - len(created)} existed\n")


if __name__ == "__main__":
    main()
