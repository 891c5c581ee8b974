"""The bot's readings put right by agents: each is a labelled example for the next training."""

from itertools import groupby

from contracts.desk import Correction
from contracts.events import Reading
from handoff_api.domain.clock import Clock
from handoff_api.domain.roles import Right, require
from handoff_api.errors import ConversationNotFound, ReadingNotFound
from handoff_api.record import agents, conversations, desk, service
from handoff_api.record.database import Record
from handoff_api.record.desk_tables import CorrectionRecord
from handoff_api.record.tables import AgentRecord


class Corrections:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def correct(self, agent: AgentRecord, conversation_id: str, event_id: str, intent: str) -> Correction:
        """The last word counts; who said it is in the audit log, the words are not."""
        require(agent.role, Right.WORK)
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.by_id(session, conversation_id)
            if row.shop_id != agent.shop_id:
                raise ConversationNotFound
            message = await desk.shopper_message(session, conversation_id, event_id)
            if message is None:
                raise ReadingNotFound
            was = Reading.model_validate(message.reading).intent if message.reading else ""
            kept = await desk.correction(session, event_id)
            if kept is None:
                kept = CorrectionRecord(event_id=event_id, shop_id=row.shop_id, was=was)
                session.add(kept)
            kept.intent, kept.agent_id, kept.corrected_at = intent, agent.agent_id, now
            service.audit(
                session, row.shop_id, agent.agent_id, "reading.corrected", event_id, now=now, was=was, intent=intent
            )
        return Correction(event_id=event_id, was=kept.was, intent=intent, agent_name=agent.name, at=now)

    async def of(self, agent: AgentRecord, conversation_id: str) -> list[Correction]:
        async with self._record.reading() as session:
            row = await conversations.by_id(session, conversation_id)
            if row.shop_id != agent.shop_id:
                raise ConversationNotFound
            found = await desk.corrections_in(session, conversation_id)
            names = {each.agent_id: each.name for each in await agents.of_shop(session, row.shop_id)}
        return [
            Correction(
                event_id=kept.event_id,
                was=kept.was,
                intent=kept.intent,
                agent_name=names.get(kept.agent_id, ""),
                at=kept.corrected_at,
            )
            for kept in found
        ]

    async def as_training_data(self, agent: AgentRecord) -> str:
        """In the format of `nlu_data/intents/`. Shoppers' words leave the system here, so the leads alone may ask."""
        require(agent.role, Right.LEAD)
        async with self._record.writing() as session:
            examples = await desk.labelled_examples(session, agent.shop_id)
            service.audit(
                session,
                agent.shop_id,
                agent.agent_id,
                "corrections.exported",
                agent.shop_id,
                now=self._clock(),
                count=len(examples),
            )
        return training_data(examples)


def training_data(examples: list[tuple[str, str]]) -> str:
    """One block for each intent, one line for each message, in Rasa's YAML. Pure."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, group in groupby(examples, key=lambda example: example[0]):
        lines += [f"  - intent: {intent}", "    examples: |"]
        lines += [f"      - {text}" for text in dict.fromkeys(_one_line(text) for _, text in group)]
    return "\n".join(lines) + "\n" if examples else f"{lines[0]}\nnlu: []\n"


def _one_line(text: str) -> str:
    """On one line, and no bracket that Rasa would take for an annotation."""
    return " ".join(text.split()).replace("[", "［").replace("]", "］")
