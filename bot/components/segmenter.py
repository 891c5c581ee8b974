"""Words: jieba with the shop's own dictionary (`nlu_data/dictionary/`), which the model carries with it."""

import hashlib
import io
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import jieba
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import NORMALISED, WORDS
from bot.language.dictionary import FILE_NAME, load_dictionary, read_dictionary


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class JiebaSegmenter(GraphComponent):
    """Sets `words`. jieba is one per process, so spaCy's tokenizer cuts words by the same dictionary."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"dictionary": "nlu_data/dictionary"}

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """A changed dictionary is a changed component: Rasa alone would train nothing and say nothing."""
        folder = config.get("dictionary") or cls.get_default_config()["dictionary"]
        return hashlib.sha256(read_dictionary(Path(folder)).encode()).hexdigest()

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "JiebaSegmenter":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Put the dictionary into the model: at run time its folder is not needed."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / FILE_NAME).write_text(read_dictionary(Path(self._config["dictionary"])), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "JiebaSegmenter":
        with model_storage.read_from(resource) as folder:
            load_dictionary(io.StringIO((folder / FILE_NAME).read_text(encoding="utf-8")))
        return cls(config, model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            message.set(WORDS, [word for word in jieba.lcut(message.get(NORMALISED) or "") if word.strip()])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
