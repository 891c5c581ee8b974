"""The intent of a message: a linear model over its characters, sounds, words and radicals (`bot/language/`)."""

import sys
from typing import Any, Dict, List, Optional, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import CLAUSES, EXPLANATION, NORMALISED, VECTORS, WORDS, is_explained
from bot.language.features import features
from bot.language.linear_model import LinearModel
from bot.language.pleasantries import split_pleasantries
from bot.language.second_wish import ReadClause, split_clauses

INTENT_RANKING = "intent_ranking"


def _vector(message: Message, text: Text) -> Optional[np.ndarray]:
    """What an encoder made of `text`; None where `config.yml` names none."""
    return (message.get(VECTORS) or {}).get(text)


def _vectors(examples: List[Message]) -> Optional[np.ndarray]:
    found = [_vector(example, example.get(NORMALISED) or "") for example in examples]
    known = [vector for vector in found if vector is not None]
    return np.stack(known) if known else None


def _features(normalised: Text) -> List[Text]:
    return features(*split_pleasantries(normalised))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent):
    """Sets `intent` and `intent_ranking`; a message with nothing readable in it gets no intent."""

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[LinearModel] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"least_messages": 2, "regularisation": 0.12, "ranking_length": 10}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentReader":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(INTENT)]
        self._model = LinearModel.train(
            [
                [sys.intern(name) for name in _features(example.get(NORMALISED) or "")] for example in examples
            ],  # millions, but few different ones
            [example.get(INTENT) for example in examples],
            least=self._config["least_messages"],
            regularisation=self._config["regularisation"],
            vectors=_vectors(examples),
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentReader":
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LinearModel.load(folder))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(NORMALISED) or ""
            ranking = self._ranking(message, text)
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
            message.set(CLAUSES, self._clauses(message, text))
            if is_explained.get():
                message.set(EXPLANATION, self._explanation(message, text, ranking), add_to_output=True)
        return messages

    def _explanation(self, message: Message, text: Text, ranking: List[Dict[Text, Any]]) -> Dict[Text, Any]:
        """What was read, and the features that spoke loudest for the winner: (name, share of its margin)."""
        reasons = []
        if self._model and ranking:
            reasons = self._model.reasons(_features(text), ranking[0]["name"], _vector(message, text))
        return {
            "normalised": text,
            "words": message.get(WORDS) or [],
            "reasons": [(name, round(share, 4)) for name, share in reasons],
        }

    def _clauses(self, message: Message, normalised: Text) -> List[ReadClause]:
        """Each clause of a longer message by itself, for SecondWishReader."""
        rankings = ((clause, self._ranking(message, clause)) for clause in split_clauses(normalised))
        return [ReadClause(text, best[0]["name"], best[0]["confidence"]) for text, best in rankings if best]

    def _ranking(self, message: Message, text: Text) -> List[Dict[Text, Any]]:
        model, bag = self._model, _features(text)
        if model is None or not any(name in model.vocabulary.columns for name in bag):
            return []
        found = model.probabilities(bag, _vector(message, text))
        best = found.argsort()[::-1][: self._config["ranking_length"]]
        return [{"name": model.intents[place], "confidence": float(found[place])} for place in best]
