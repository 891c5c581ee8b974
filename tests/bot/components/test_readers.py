"""The components as Rasa uses them: trained, kept in the model, loaded, one message after the other."""

import warnings
from pathlib import Path
from typing import Any, Dict, Type

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.components.entity_reader import EntityReader
    from bot.components.mood_reader import MoodReader
    from bot.components.safety_reader import SafetyReader
    from bot.components.segmenter import JiebaSegmenter

from bench import reading

CONTEXT = ExecutionContext(GraphSchema({}))
EXAMPLES = TrainingData([Message.build("用了过敏", intent="quality_safety"), Message.build("你好", intent="greet")])


@pytest.fixture
def trained(tmp_path: Path) -> Any:
    """Train a component, then load it from the model as a server does, without the folder of the lookups."""

    def train_and_load(kind: Type[GraphComponent], folder: Path = reading.LOOKUPS) -> Any:
        reading.load_words()
        storage, resource = LocalModelStorage(tmp_path), Resource(kind.__name__)
        config: Dict[str, Any] = {**kind.get_default_config(), "lookups": str(folder)}
        kind.create(config, storage, resource, CONTEXT).train(EXAMPLES)  # type: ignore[attr-defined]
        return kind.load({**config, "lookups": "gone"}, storage, resource, CONTEXT)

    return train_and_load


def _read(component: Any, text: str) -> Message:
    return component.process([Message(data={"text": text})])[0]


def test_entities_are_set_in_rasas_shape(trained: Any) -> None:
    message = _read(trained(EntityReader), "单号SF1234567890123")

    assert message.get("entities") == [
        {
            "entity": "tracking_number",
            "value": "SF1234567890123",
            "start": 2,
            "end": 17,
            "confidence_entity": 0.97,
            "extra": {"carrier": "SF"},
            "extractor": "EntityReader",
        }
    ]


def test_entities_set_by_a_pressed_choice_stay_first(trained: Any) -> None:
    chosen = {"entity": "order_number", "value": "880012345678901234"}
    message = Message(data={"text": "黑色的", "entities": [chosen]})

    (read,) = trained(EntityReader).process([message])

    assert [entity["value"] for entity in read.get("entities")] == ["880012345678901234", "黑色"]


def test_the_mood_leaves_with_the_reading(trained: Any) -> None:
    message = _read(trained(MoodReader), "骗子！退钱！")

    assert message.get("emotion")["angry"] > 0.5
    assert "emotion" in message.as_dict(only_output_properties=True)


def test_emergencies_and_identity_data_leave_with_the_reading(trained: Any) -> None:
    reader = trained(SafetyReader)

    message = _read(reader, "充电宝起火了，身份证11010519491231002X")
    assert message.get("emergency") == "fire"
    assert message.get("identity_data") == ["id_card"]
    assert {"emergency", "identity_data"} <= set(message.as_dict(only_output_properties=True))
    assert _read(reader, "你好").get("emergency") == ""


@pytest.mark.parametrize("kind", [EntityReader, MoodReader, SafetyReader])
def test_no_text_is_no_error(trained: Any, kind: Type[GraphComponent]) -> None:
    component = trained(kind)

    for text in ("", " ", "\ud800", "\x00"):
        _read(component, text)
    component.process([Message(data={})])


@pytest.mark.parametrize("kind", [EntityReader, MoodReader, SafetyReader])
def test_a_changed_table_trains_the_component_again(kind: Type[GraphComponent], tmp_path: Path) -> None:
    for path in reading.LOOKUPS.glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    before = kind.fingerprint_addon({"lookups": str(tmp_path)})

    for name in ("carriers", "mood", "safety"):
        path = tmp_path / f"{name}.yml"
        path.write_text(path.read_text(encoding="utf-8") + "\nZZ: {name: 新的, words: [新的]}\n", encoding="utf-8")

    assert kind.fingerprint_addon({"lookups": str(tmp_path)}) != before


def test_a_changed_dictionary_trains_the_segmenter_again(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("运费险 9 n\n", encoding="utf-8")
    before = JiebaSegmenter.fingerprint_addon({"dictionary": str(tmp_path)})

    words.write_text("运费险 9 n\n价保 9 n\n", encoding="utf-8")

    assert JiebaSegmenter.fingerprint_addon({"dictionary": str(tmp_path)}) != before
