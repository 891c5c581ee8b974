"""Entities: a spaCy `zh` pipeline (jieba's words, an `entity_ruler`, our rules) on every message."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import WORDS
from bot.components.lookup_tables import digest, load_tables, save_tables
from bot.language.entities.entity import Entity
from bot.language.entities.lookups import read_tables
from bot.language.entities.pipeline import EntityPipeline

EXTRACTOR = "EntityReader"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityReader(GraphComponent):
    """Sets `entities`; offsets count in the cleaned text (`bot.language.normalise.clean`). Stands after the segmenter,
    whose dictionary its ruler is cut by."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._pipeline: Optional[EntityPipeline] = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"lookups": "nlu_data/lookups"}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """A changed table is a changed component; Rasa alone would not see it."""
        return digest(read_tables(Path(config.get("lookups") or cls.get_default_config()["lookups"])))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityReader":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the tables into the model: at run time their folder is not needed."""
        save_tables(read_tables(Path(self._config["lookups"])), self._model_storage, self._resource)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EntityReader":
        component = cls(config, model_storage, resource)
        component._pipeline = EntityPipeline(load_tables(model_storage, resource))
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        now = datetime.now(timezone.utc)
        for message in messages:
            message.set(ENTITIES, self._entities(message, now), add_to_output=True)
        return messages

    def _entities(self, message: Message, now: datetime) -> List[Dict[Text, Any]]:
        """Those another component (a pressed choice) has set stay first."""
        if self._pipeline is None:
            raise RuntimeError("EntityReader reads messages only after it was loaded from a model")
        found = self._pipeline.read(message.get(TEXT) or "", now, words=message.get(WORDS) or ())
        return [*(message.get(ENTITIES) or []), *(_as_rasa(entity) for entity in found)]


def _as_rasa(entity: Entity) -> Dict[Text, Any]:
    return {**entity.as_dict(), "extractor": EXTRACTOR}
