"""The least the readers must reach on the hand-written messages of `tests/bot/measure/`."""

from typing import Callable

import pytest

from bench import reading
from bot.language.entities.pipeline import EntityPipeline


def _entities(pipeline: EntityPipeline, name: str) -> "dict[str, reading.Count]":
    return reading.count_entities(
        name, lambda text: [(e.entity, e.value) for e in pipeline.read(text, reading.SATURDAY)]
    )


def test_every_entity_reaches_its_level(pipeline: EntityPipeline) -> None:
    low = {kind: count.misses for kind, count in _entities(pipeline, "entities").items() if count.f1 < 0.95}

    assert low == {}


def test_the_second_set_of_entities_reaches_its_level(pipeline: EntityPipeline) -> None:
    low = {kind: count.misses for kind, count in _entities(pipeline, "second_entities").items() if count.f1 < 0.9}

    assert low == {}


@pytest.mark.parametrize(("name", "level"), [("mood", 0.95), ("second_mood", 0.9), ("third_mood", 0.9)])
def test_anger_reaches_its_level(name: str, level: float) -> None:
    count = reading.count_moods(name)["anger"]

    assert count.f1 >= level, count.misses


@pytest.mark.parametrize(("name", "level"), [("mood", 0.9), ("third_mood", 0.8)])
def test_urgency_reaches_its_level(name: str, level: float) -> None:
    count = reading.count_moods(name)["urgent"]

    assert count.f1 >= level, count.misses


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [("safety", 0.98, 0.96), ("second_safety", 0.96, 0.94), ("third_safety", 0.98, 0.87)],
)
def test_emergencies_reach_their_level(
    harm: "Callable[[str], str]", name: str, recall: float, precision: float
) -> None:
    count = reading.count_safety(name, harm)["emergency"]

    assert count.recall >= recall, count.misses
    assert count.precision >= precision, count.misses


@pytest.mark.parametrize("name", ["safety", "second_safety"])
def test_identity_data_is_found_and_nothing_else_is_taken_for_it(harm: "Callable[[str], str]", name: str) -> None:
    count = reading.count_safety(name, harm)["identity"]

    assert count.recall >= 0.98, count.misses
    assert count.precision >= 0.98, count.misses
