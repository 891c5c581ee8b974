"""What must reach a person at once: harm that happened, and identity data."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.lookup_tables import digest, load_tables, save_tables
from bot.language.safety import SafetyWords, find_identity_data, kind_of_harm, read_emergency, read_safety_table

EMERGENCY = "emergency"
IDENTITY_DATA = "identity_data"
HARM_INTENT = "quality_safety"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SafetyReader(GraphComponent):
    """Sets `emergency` (injury, fire, fraud, theft or "") and `identity_data` (the kinds found, never the numbers)."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words: Optional[SafetyWords] = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"lookups": "nlu_data/lookups", "intent_confidence": 0.5}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """A changed table is a changed component; Rasa alone would not see it."""
        return digest(read_safety_table(Path(config.get("lookups") or cls.get_default_config()["lookups"])))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SafetyReader":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the tables into the model: at run time their folder is not needed."""
        tables = read_safety_table(Path(self._config["lookups"]))
        save_tables(tables, self._model_storage, self._resource)
        self._words = SafetyWords.of(tables)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SafetyReader":
        component = cls(config, model_storage, resource)
        component._words = SafetyWords.of(load_tables(model_storage, resource))
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        if self._words is None:
            raise RuntimeError("SafetyReader is neither trained nor loaded")
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(EMERGENCY, self._emergency(message, text, self._words), add_to_output=True)
            kinds = sorted({span.kind for span in find_identity_data(text)})
            message.set(IDENTITY_DATA, kinds, add_to_output=True)
        return messages

    def _emergency(self, message: Message, text: Text, words: SafetyWords) -> Text:
        """What the words tell; where they tell nothing, an intent read as harm with enough confidence is one too."""
        intent = message.get(INTENT) or {}
        is_harm = intent.get("name") == HARM_INTENT
        is_sure = (intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0) >= self._config["intent_confidence"]
        return read_emergency(text, words) or (kind_of_harm(text) if is_harm and is_sure else "")
