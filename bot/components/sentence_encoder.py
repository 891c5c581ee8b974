"""A further featurizer, off unless `config.yml` names it: a sentence encoder of the merchant's own, by path.

    - name: bot.components.sentence_encoder.SentenceEncoderFeaturizer   # before IntentReader
      folder: /srv/encoders/bge-small-zh

The folder stays where it is (`bot/language/sentence_encoder.py` says what it holds); the model keeps its digest, and
is not loaded beside another encoder than the one it was trained with.
"""

from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import NORMALISED, VECTORS
from bot.language.second_wish import split_clauses
from bot.language.sentence_encoder import SentenceEncoder, digest

FILE_NAME = "encoder.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(GraphComponent):
    """Sets `vectors`: the vector of the normalised message, and of each of its clauses, by their text."""

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        if not config.get("folder"):
            raise ValueError("SentenceEncoderFeaturizer in config.yml needs the `folder` of an encoder")
        self._folder = Path(config["folder"])
        self._model_storage = model_storage
        self._resource = resource
        self._encoder = SentenceEncoder(self._folder)

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"folder": None}

    @classmethod
    def required_packages(cls) -> List[Text]:
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """Another encoder in the same folder is a changed component."""
        return digest(Path(config["folder"])) if config.get("folder") else None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoderFeaturizer":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned; the model remembers which encoder it was."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / FILE_NAME).write_text(digest(self._folder), encoding="ascii")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEncoderFeaturizer":
        featurizer = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            trained_with = (folder / FILE_NAME).read_text(encoding="ascii")
        if trained_with != digest(featurizer._folder):
            raise ValueError(f"{featurizer._folder} is not the encoder this model was trained with: train again")
        return featurizer

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(NORMALISED) or ""
            texts = [text, *split_clauses(text)]
            message.set(VECTORS, dict(zip(texts, self._encoder.encode(texts), strict=True)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """All at once, which is several times faster; clauses are read, never learned from."""
        texts = [example.get(NORMALISED) or "" for example in training_data.training_examples]
        vectors = self._encoder.encode(texts)
        for example, text, vector in zip(training_data.training_examples, texts, vectors, strict=True):
            example.set(VECTORS, {text: vector})
        return training_data
