"""`python -m handoff_api.migrate`: bring the record's tables up to date. Needs only DATABASE_URL."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from handoff_api.settings import Settings


def upgrade(database_url: str) -> None:
    """To the newest version; creates the folder of a SQLite file. Must not be called inside a running loop."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "record" / "migrations"))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")


def main() -> None:
    default = Settings.model_fields["database_url"].default
    upgrade(os.environ.get("DATABASE_URL") or default)
    sys.stdout.write("bridge: the record is up to date\n")


if __name__ == "__main__":
    main()
