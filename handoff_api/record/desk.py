"""Queries of the workspace's own tables, and the search over conversations."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement, Select

from handoff_api.record import search_index
from handoff_api.record.conversations import LISTS
from handoff_api.record.desk_tables import CannedReplyRecord, ConversationTagRecord, CorrectionRecord
from handoff_api.record.tables import ConversationRecord, EventRecord

C, E, R, T = ConversationRecord, EventRecord, CannedReplyRecord, ConversationTagRecord
ESCAPE = "\\"
MOBILE, LAST_FOUR = re.compile(r"1\d{10}"), re.compile(r"\d{4}")


# --- canned replies -------------------------------------------------------------------------------------------------
async def replies_for(session: AsyncSession, shop_id: str, agent_id: str) -> Sequence[CannedReplyRecord]:
    """The shop's and this agent's own, by group and title."""
    is_theirs = or_(R.owner_id.is_(None), R.owner_id == agent_id)
    query = select(R).where(R.shop_id == shop_id, is_theirs).order_by(R.group_name, R.title, R.reply_id)
    return (await session.execute(query)).scalars().all()


async def reply(session: AsyncSession, shop_id: str, reply_id: str) -> CannedReplyRecord | None:
    row = await session.get(R, reply_id)
    return row if row and row.shop_id == shop_id else None


async def has_replies(session: AsyncSession, shop_id: str) -> bool:
    query = select(func.count()).select_from(R).where(R.shop_id == shop_id)
    return bool((await session.execute(query)).scalar_one())


# --- tags -----------------------------------------------------------------------------------------------------------
async def tags_of(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, list[str]]:
    query = select(T.conversation_id, T.tag).where(T.conversation_id.in_(conversation_ids)).order_by(T.position)
    found: dict[str, list[str]] = {conversation_id: [] for conversation_id in conversation_ids}
    for conversation_id, tag in await session.execute(query):
        found[conversation_id].append(tag)
    return found


async def replace_tags(
    session: AsyncSession, conversation: ConversationRecord, tags: Sequence[str], agent_id: str, *, now: datetime
) -> None:
    kept = {row.tag: row for row in (await session.execute(_tags_in(conversation))).scalars()}
    await session.execute(delete(T).where(T.conversation_id == conversation.conversation_id, T.tag.not_in(tags)))
    for position, tag in enumerate(tags):
        if tag in kept:
            kept[tag].position = position
        else:
            session.add(
                T(
                    conversation_id=conversation.conversation_id,
                    tag=tag,
                    shop_id=conversation.shop_id,
                    position=position,
                    given_by=agent_id,
                    given_at=now,
                )
            )
    await session.flush()


def _tags_in(conversation: ConversationRecord) -> Select[ConversationTagRecord]:
    return select(T).where(T.conversation_id == conversation.conversation_id)


async def tags_in_use(session: AsyncSession, shop_id: str, *, limit: int = 50) -> list[str]:
    query = select(T.tag).where(T.shop_id == shop_id).group_by(T.tag).order_by(func.count().desc(), T.tag)
    return list((await session.execute(query.limit(limit))).scalars().all())


# --- corrected readings ---------------------------------------------------------------------------------------------
async def correction(session: AsyncSession, event_id: str) -> CorrectionRecord | None:
    return await session.get(CorrectionRecord, event_id)


async def corrections_in(session: AsyncSession, conversation_id: str) -> Sequence[CorrectionRecord]:
    query = select(CorrectionRecord).join(E, E.event_id == CorrectionRecord.event_id)
    return (await session.execute(query.where(E.conversation_id == conversation_id))).scalars().all()


async def shopper_message(session: AsyncSession, conversation_id: str, event_id: str) -> EventRecord | None:
    query = select(E).where(E.event_id == event_id, E.conversation_id == conversation_id, E.author_kind == "shopper")
    return (await session.execute(query)).scalar_one_or_none()


async def labelled_examples(session: AsyncSession, shop_id: str) -> list[tuple[str, str]]:
    """(intent, words of the message), by intent and time."""
    query = (
        select(CorrectionRecord.intent, E.body["text"].as_string())
        .join(E, E.event_id == CorrectionRecord.event_id)
        .where(CorrectionRecord.shop_id == shop_id)
        .order_by(CorrectionRecord.intent, CorrectionRecord.corrected_at)
    )
    return [(intent, text) for intent, text in await session.execute(query)]


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to; what is empty does not."""

    view: str = "all"
    channel: str = ""
    tag: str = ""
    level: str = ""
    mood: str = ""
    skill: str = ""


# --- search ---------------------------------------------------------------------------------------------------------
async def search(
    session: AsyncSession,
    shop_id: str,
    words: str,
    *,
    narrowed: Narrowed,
    agent_id: str,
    limit: int,
) -> Sequence[ConversationRecord]:
    """Newest first. Every condition that is not empty must hold; `words` in name, phone, messages, notes, tags or
    order."""
    view, channel, tag = narrowed.view, narrowed.channel, narrowed.tag
    conditions: list[ColumnElement[bool]] = [
        C.shop_id == shop_id,
        C.status.in_([status.value for status in LISTS[view]]),
    ]
    if view == "mine":
        conditions.append(C.agent_id == agent_id)
    if channel:
        conditions.append(or_(C.channel == channel, C.channel.startswith(f"{channel}:", autoescape=True)))
    if tag:
        conditions.append(C.conversation_id.in_(select(T.conversation_id).where(T.shop_id == shop_id, T.tag == tag)))
    same = ((C.shopper_level, narrowed.level), (C.mood, narrowed.mood), (C.skill, narrowed.skill))
    conditions += [column == wanted for column, wanted in same if wanted]
    if words:
        conditions.append(_holds(session, shop_id, words))
    query = select(C).where(*conditions).order_by(C.last_at.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


def _holds(session: AsyncSession, shop_id: str, words: str) -> ColumnElement[bool]:
    """A single character is in no index: then everything said is read."""
    pattern = _pattern(words)
    said = select(E.conversation_id).where(_text_of_event().ilike(pattern, escape=ESCAPE))
    candidates = search_index.candidates(session, words)
    if candidates is not None:
        said = said.where(E.event_id.in_(candidates.columns(E.event_id)))
    tagged = select(T.conversation_id).where(T.shop_id == shop_id, T.tag.ilike(pattern, escape=ESCAPE))
    phone = _masked_phone(words)
    has_phone = [C.shopper_phone.like(phone)] if phone else []
    return or_(
        *has_phone,
        C.shopper_name.ilike(pattern, escape=ESCAPE),
        C.handoff["order_number"].as_string().like(pattern, escape=ESCAPE),
        C.conversation_id.in_(said),
        C.conversation_id.in_(tagged),
    )


async def excerpts(session: AsyncSession, conversation_ids: Collection[str], words: str) -> dict[str, str]:
    """Per conversation, the latest message that holds the words."""
    text = _text_of_event()
    query = (
        select(E.conversation_id, text)
        .where(E.conversation_id.in_(conversation_ids), text.ilike(_pattern(words), escape=ESCAPE))
        .order_by(E.at)
    )
    return {conversation_id: said for conversation_id, said in await session.execute(query)}


def _masked_phone(words: str) -> str:
    """A mobile number, or the end of one, as a pattern for the masked one that is kept."""
    if MOBILE.fullmatch(words):
        return f"{words[:3]}%{words[-4:]}"
    return f"%{words}" if LAST_FOUR.fullmatch(words) else ""


def _text_of_event() -> ColumnElement[str]:
    text: ColumnElement[str] = E.body["text"].as_string()
    return text


def _pattern(words: str) -> str:
    for char in (ESCAPE, "%", "_"):
        words = words.replace(char, ESCAPE + char)
    return f"%{words}%"
