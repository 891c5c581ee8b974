"""How the bridge writes into a conversation whose row it holds: system lines, owner changes, the bot's messages."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotMessage, Card, Choice, OrderCard
from contracts.events import Author, AuthorKind, Event, MessageBody, OfferedCard, OfferedChoice, StatusBody
from handoff_api.domain.conversation import Step, advance
from handoff_api.domain.ids import new_id
from handoff_api.record import conversations, events
from handoff_api.record.tables import ChoiceRecord, ConversationRecord


class Speaker:
    """`shop_name` is whom the shopper sees behind bot and system."""

    def __init__(self, shop_name: str) -> None:
        self._system = Author(kind=AuthorKind.SYSTEM, name=shop_name)
        self._bot = Author(kind=AuthorKind.BOT, name=shop_name)

    async def move(
        self, session: AsyncSession, row: ConversationRecord, step: Step, *, now: datetime, agent_id: str | None = None
    ) -> None:
        """Advance by the table and claim the result; raises IllegalStep or StaleEpoch and changes nothing."""
        before = row.ownership
        after = advance(before, step, now=now, agent_id=agent_id)
        await conversations.change_owner(session, row, after)
        if after.owner != before.owner:
            row.guests = []

    async def tell_status(
        self, session: AsyncSession, row: ConversationRecord, line: str, *, now: datetime, agent_name: str = ""
    ) -> Event:
        """Write down who answers now, with the sentence for the shopper."""
        body = StatusBody(status=row.ownership.status, epoch=row.epoch, line=line, agent_name=agent_name)
        return await events.append(session, row, body, self._system, now=now)

    async def say(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        message: BotMessage,
        *,
        now: datetime,
        turn_id: str | None = None,
        by_bot: bool = False,
        spends_others: bool = True,
    ) -> Event | None:
        """A message of bot or system. Buttons get one-time ids; None if there is nothing to be seen in it."""
        buttons: list[ChoiceRecord] = []
        event_id = new_id("e")

        def offer(choice: Choice) -> OfferedChoice:
            button = _button(choice, row.conversation_id, event_id, spends_others=spends_others)
            buttons.append(button)
            return OfferedChoice(choice_id=button.choice_id, title=choice.title, style=choice.style)

        body = MessageBody(
            text=message.text,
            cards=[_offered_card(card, offer) for card in message.custom.cards],
            choices=[offer(choice) for choice in message.custom.choices],
        )
        if not (body.text.strip() or body.cards or body.choices):
            return None
        author = self._bot if by_bot else self._system
        event = await events.append(session, row, body, author, now=now, turn_id=turn_id, event_id=event_id)
        events.add_choices(session, buttons)
        return event


def _offered_card(card: Card, offer: Callable[[Choice], OfferedChoice]) -> OfferedCard:
    """What a button stands for stays on the server, so the card travels without it."""
    if isinstance(card, OrderCard) and card.choice:
        return OfferedCard(card=card.model_copy(update={"choice": None}), choice=offer(card.choice))
    return OfferedCard(card=card)


def _button(choice: Choice, conversation_id: str, event_id: str, *, spends_others: bool) -> ChoiceRecord:
    return ChoiceRecord(
        choice_id=new_id("b"),
        conversation_id=conversation_id,
        event_id=event_id,
        pressed={"intent": choice.intent, "entities": choice.entities, "title": choice.title},
        spends_others=spends_others,
    )
