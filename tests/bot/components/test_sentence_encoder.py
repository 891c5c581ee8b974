"""The encoder as `config.yml` switches it on: before IntentReader, kept apart from the model, not loaded unasked."""

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tests.bot.encoders import write_encoder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.components import is_explained
    from bot.components.intent_reader import IntentReader
    from bot.components.normaliser import TextNormaliser
    from bot.components.sentence_encoder import SentenceEncoderFeaturizer

from bench import reading

CONTEXT = ExecutionContext(GraphSchema({}))
LINES = {"return_apply": ["退货", "退了", "退", "货退"], "logistics_track": ["快递到哪", "到哪了", "快递", "递到了"]}


def _load(storage: LocalModelStorage, folder: Path) -> SentenceEncoderFeaturizer:
    return SentenceEncoderFeaturizer.load({"folder": str(folder)}, storage, Resource("encoder"), CONTEXT)


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    return write_encoder(tmp_path / "encoder")


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    (tmp_path / "model").mkdir()
    return LocalModelStorage(tmp_path / "model")


def _train(storage: LocalModelStorage, encoder: Path) -> List[Any]:
    """The components of a small pipeline, trained and loaded again."""
    reading.load_words()
    lines = [Message.build(line, intent=intent) for intent, lines in LINES.items() for line in lines]
    data = TextNormaliser().process_training_data(TrainingData(lines))
    config: Dict[str, Any] = {"folder": str(encoder)}
    featurizer = SentenceEncoderFeaturizer.create(config, storage, Resource("encoder"), CONTEXT)
    featurizer.train(data)
    data = featurizer.process_training_data(data)
    options = {**IntentReader.get_default_config(), "regularisation": 1.0}
    IntentReader.create(options, storage, Resource("reader"), CONTEXT).train(data)
    return [TextNormaliser(), _load(storage, encoder), IntentReader.load(options, storage, Resource("reader"), CONTEXT)]


def _read(pipeline: List[Any], text: str) -> Message:
    messages = [Message(data={"text": text})]
    for component in pipeline:
        messages = component.process(messages)
    return messages[0]


def test_a_word_nobody_trained_is_read_by_what_the_encoder_knows(storage: LocalModelStorage, encoder: Path) -> None:
    pipeline = _train(storage, encoder)

    asked = is_explained.set(True)
    try:
        read = _read(pipeline, "了还还还")  # 还 is 退 to this encoder, and nothing to the characters
    finally:
        is_explained.reset(asked)

    assert read.get("intent")["name"] == "return_apply"
    assert dict(read.get("explanation")["reasons"])["encoder"] > 0


def test_clauses_are_encoded_by_themselves(storage: LocalModelStorage, encoder: Path) -> None:
    read = _read(_train(storage, encoder), "我要退货，快递到哪了")

    assert set(read.get("vectors")) == {read.get("normalised_text"), "我要退货", "快递到哪了"}
    assert [clause.intent for clause in read.get("clauses")] == ["return_apply", "logistics_track"]


def test_a_model_is_not_loaded_beside_another_encoder(storage: LocalModelStorage, encoder: Path) -> None:
    _train(storage, encoder)
    write_encoder(encoder, tokenizer="vocab.txt")

    with pytest.raises(ValueError, match="train again"):
        _load(storage, encoder)


def test_an_encoder_without_its_folder_is_refused(storage: LocalModelStorage) -> None:
    with pytest.raises(ValueError, match="folder"):
        SentenceEncoderFeaturizer.create({"folder": None}, storage, Resource("encoder"), CONTEXT)


def test_nothing_of_it_is_imported_where_no_encoder_is_named() -> None:
    """`rasa` imports every component that `config.yml` names, and ours names none of this."""
    components = [line.split("name:")[1].split("#")[0].strip() for line in (reading.ROOT / "config.yml").read_text(
        encoding="utf-8").splitlines() if "name: bot.components" in line]  # fmt: skip
    names = [name.rpartition(".")[0] for name in components]
    program = f"import importlib, sys; [importlib.import_module(n) for n in {names}]; " \
              "print([n for n in ('onnxruntime', 'tokenizers', 'onnx') if n in sys.modules])"  # fmt: skip
    environment = [sys.executable, "-W", "ignore", "-c", "from bot.extensions import light_rasa; light_rasa.install(); "
                   + program]  # fmt: skip

    printed = subprocess.run(environment, cwd=reading.ROOT, capture_output=True, text=True, check=True).stdout

    assert "IntentReader" in str(components)
    assert printed.strip().splitlines()[-1] == "[]"
