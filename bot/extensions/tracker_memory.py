"""Conversations in memory: the bridge keeps every turn's events in its record and replays them when asked.

So a Rasa process holds nothing that cannot be lost, needs no Redis, and never writes a whole tracker per turn (stock
Rasa serialises, merges and rewrites it at every message). The least recently used conversations are dropped.
"""

from collections import OrderedDict
from typing import Any, Dict, Iterable, List, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.extensions.quick_policies import forget_seen

DEFAULT_CONVERSATIONS = 5000


class TrackerMemory(TrackerStore):
    """Holds trackers themselves, not copies: a turn that fails must `forget` its conversation."""

    def __init__(
        self,
        domain: Domain,
        host: Optional[Text] = None,
        event_broker: Optional[EventBroker] = None,
        conversations: int = DEFAULT_CONVERSATIONS,
        **kwargs: Any,
    ) -> None:
        self._trackers: "OrderedDict[Text, DialogueStateTracker]" = OrderedDict()
        self._most = conversations
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        forget_seen(tracker)  # what the policies saw would take more room than the conversation
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._most:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[Text]:
        return list(self._trackers)

    def forget(self, sender_id: Text) -> None:
        self._trackers.pop(sender_id, None)

    async def refill(self, sender_id: Text, events: List[Dict[Text, Any]]) -> None:
        """Put a conversation back from the events of its turns, oldest first."""
        await self.save(DialogueStateTracker.from_dict(sender_id, events, self.domain.slots))
