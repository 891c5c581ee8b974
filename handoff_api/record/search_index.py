"""The index of everything said: which events hold a wording, without reading them all.

A text stands in it as its pairs of neighbouring characters, because Chinese has no spaces and a word may be two
characters long (the trigrams of FTS5 and pg_trgm find none so short). SQLite keeps the pairs in an FTS5 table,
PostgreSQL in an array with a GIN index; both are built in.

Rule 1. It finds candidates. Whoever asks looks at the text itself as well, so a stale entry does no harm.
Rule 2. What is erased or recalled leaves it by the database's own triggers and foreign keys.
"""

import re
from collections.abc import Sequence

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.domain.similarity import said

ADD = {
    "sqlite": text("INSERT INTO event_search (event_id, pairs) VALUES (:event_id, :pairs)"),
    "postgresql": text("INSERT INTO event_search (event_id, pairs) VALUES (:event_id, string_to_array(:pairs, ' '))"),
}
_FIND = {
    "sqlite": "SELECT event_id FROM event_search WHERE event_search MATCH :pairs",
    "postgresql": "SELECT event_id FROM event_search WHERE pairs @> string_to_array(:pairs, ' ')",
}
SCHEMA = {
    "sqlite": (
        "CREATE VIRTUAL TABLE event_search USING fts5(event_id, pairs)",
        """CREATE TRIGGER event_search_erased AFTER DELETE ON events BEGIN
             DELETE FROM event_search WHERE rowid IN
               (SELECT rowid FROM event_search WHERE event_search MATCH 'event_id : "' || old.event_id || '"');
           END""",
        """CREATE TRIGGER event_search_recalled AFTER UPDATE OF body ON events
           WHEN json_extract(new.body, '$.text') = '' AND json_extract(old.body, '$.text') != '' BEGIN
             DELETE FROM event_search WHERE rowid IN
               (SELECT rowid FROM event_search WHERE event_search MATCH 'event_id : "' || old.event_id || '"');
           END""",
    ),
    "postgresql": (
        """CREATE TABLE event_search (
             event_id varchar PRIMARY KEY REFERENCES events (event_id) ON DELETE CASCADE, pairs text[] NOT NULL)""",
        "CREATE INDEX ix_event_search_pairs ON event_search USING gin (pairs)",
        """CREATE FUNCTION event_search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN DELETE FROM event_search WHERE event_id = new.event_id; RETURN new; END $$""",
        """CREATE TRIGGER event_search_recalled AFTER UPDATE OF body ON events FOR EACH ROW
           WHEN (new.body ->> 'text' = '' AND old.body ->> 'text' <> '') EXECUTE FUNCTION event_search_forget()""",
    ),
}


def pairs_of(words: str) -> str:
    """The pairs of a text, each once, by blanks; empty where there are none."""
    letters = said(words)
    return " ".join(dict.fromkeys(letters[i : i + 2] for i in range(len(letters) - 1)))


async def add(session: AsyncSession, said: Sequence[tuple[str, str]]) -> None:
    """Pairs of event id and words."""
    entries = [{"event_id": event_id, "pairs": pairs} for event_id, words in said if (pairs := pairs_of(words))]
    if entries:
        connection = await session.connection()
        await connection.execute(ADD[_dialect(session)], entries)


def candidates(session: AsyncSession, words: str) -> TextClause | None:
    """A query for the ids of events that may hold these words; None where they are too short to be looked up."""
    pairs = pairs_of(words)
    if not pairs:
        return None
    dialect = _dialect(session)
    wanted = _matched(pairs) if dialect == "sqlite" else pairs
    return text(_FIND[dialect]).bindparams(pairs=wanted)


def _matched(pairs: str) -> str:
    """As FTS5 asks: quoted, all of them, in this column."""
    return "pairs : (" + " AND ".join(f'"{re.sub("[^\\w]", "", pair)}"' for pair in pairs.split(" ")) + ")"


def _dialect(session: AsyncSession) -> str:
    return str(session.get_bind().dialect.name)
