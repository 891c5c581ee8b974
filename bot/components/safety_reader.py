"""What must reach a person at once: harm that happened, and identity data."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.lookup_tables import digest, load_tables, save_tables
from bot.language.harm_model import HarmModel, read_harm_examples
from bot.language.harm_signs import HarmSigns, read_signs_table
from bot.language.safety import SafetyWords, find_identity_data, labelled_examples, read_harm, read_safety_table

EMERGENCY = "emergency"
IDENTITY_DATA = "identity_data"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SafetyReader(GraphComponent):
    """Sets `emergency` (injury, fire, fraud, theft or "") and `identity_data` (the kinds found, never the numbers)."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words: Optional[SafetyWords] = None
        self._model: Optional[HarmModel] = None

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"lookups": "nlu_data/lookups"}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """A changed table is a changed component; Rasa alone would not see it."""
        folder = Path(config.get("lookups") or cls.get_default_config()["lookups"])
        signs = read_signs_table(folder)
        return digest({"words": read_safety_table(folder), "examples": read_harm_examples(folder), "signs": signs})

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
        """Words and examples from the lookups, the messages of all intents beside them."""
        folder = Path(self._config["lookups"])
        table = read_safety_table(folder)
        messages = [(e.get(TEXT) or "", e.get(INTENT) or "") for e in training_data.intent_examples]
        labelled = labelled_examples(messages, SafetyWords.of(table))
        model = HarmModel.train(labelled, read_harm_examples(folder), HarmSigns(read_signs_table(folder)))
        save_tables(table, self._model_storage, self._resource)
        with self._model_storage.write_to(self._resource) as target:
            model.save(target)
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
        with model_storage.read_from(resource) as folder:
            component._model = HarmModel.load(folder)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        if self._words is None:
            raise RuntimeError("SafetyReader reads messages only after it was loaded from a model")
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(EMERGENCY, read_harm(text, self._words, self._model), add_to_output=True)
            kinds = sorted({span.kind for span in find_identity_data(text)})
            message.set(IDENTITY_DATA, kinds, add_to_output=True)
        return messages
