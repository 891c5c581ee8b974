"""The mood of a message: `emotion`, four moods that add up to 1, and urgency."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.lookup_tables import digest, load_tables, save_tables
from bot.language.mood import MoodWords, read_mood, read_mood_table

EMOTION = "emotion"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class MoodReader(GraphComponent):
    """Sets `emotion`: calm, annoyed, angry, desperate and urgency."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words: Optional[MoodWords] = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"lookups": "nlu_data/lookups"}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """A changed table is a changed component; Rasa alone would not see it."""
        return digest(read_mood_table(Path(config.get("lookups") or cls.get_default_config()["lookups"])))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MoodReader":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the tables into the model: at run time their folder is not needed."""
        save_tables(read_mood_table(Path(self._config["lookups"])), self._model_storage, self._resource)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MoodReader":
        component = cls(config, model_storage, resource)
        component._words = MoodWords.of(load_tables(model_storage, resource))
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        if self._words is None:
            raise RuntimeError("MoodReader reads messages only after it was loaded from a model")
        for message in messages:
            message.set(EMOTION, read_mood(message.get(TEXT) or "", self._words), add_to_output=True)
        return messages
