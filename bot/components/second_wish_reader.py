"""A second request in one message, so that it is not lost; the intent model reads the clauses."""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.components import CLAUSES
from bot.language.second_wish import ReadClause, blended, own_wish, second_wish

SECOND_INTENT = "second_intent"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SecondWishReader(GraphComponent):
    """Sets `second_intent`: `{"name", "confidence", "text"}` of the clause, or None; the first wish is then read
    without it. Stands after IntentReader, which reads the clauses, after EntityReader, which finds the goods, and
    before the fallback, which replaces intents."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SecondWishReader":
        return cls()

    @staticmethod
    def _read_first_alone(message: Message, found: ReadClause) -> None:
        intent = message.get(INTENT)
        others = [clause for clause in message.get(CLAUSES) if clause != found]
        mine = own_wish(intent["name"], intent["confidence"], others)
        if mine:
            message.set(INTENT, {"name": mine.intent, "confidence": mine.confidence}, add_to_output=True)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            first = blended((message.get(INTENT) or {}).get("name") or "", message.get(CLAUSES) or [])
            if first:
                message.set(INTENT, {"name": first.intent, "confidence": first.confidence}, add_to_output=True)
            intent = (message.get(INTENT) or {}).get("name") or ""
            found = second_wish(intent, message.get(CLAUSES) or [], _goods(message))
            if found:
                self._read_first_alone(message, found)
            heard = {"name": found.intent, "confidence": found.confidence, "text": found.text} if found else None
            message.set(SECOND_INTENT, heard, add_to_output=True)
        return messages


def _goods(message: Message) -> List[Text]:
    entities = message.get(ENTITIES) or []
    return [str(entity["value"]) for entity in entities if entity["entity"] == "product"]
