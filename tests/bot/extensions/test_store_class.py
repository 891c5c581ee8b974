"""A misspelt store class: Rasa only warns and keeps conversations elsewhere, the channel refuses to answer."""

import warnings
from types import SimpleNamespace

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.utils.endpoints import EndpointConfig

    from bot.extensions.bridge_channel import _store
    from bot.extensions.tracker_memory import TrackerMemory


def _processor(kind: str) -> SimpleNamespace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SimpleNamespace(tracker_store=TrackerStore.create(EndpointConfig(type=kind), Domain.empty()))


def test_the_right_name_is_the_right_store() -> None:
    assert isinstance(_store(_processor("bot.extensions.tracker_memory.TrackerMemory")), TrackerMemory)


@pytest.mark.parametrize("misspelt", ["bot.extensions.tracker_memory.TrackerMemoir", "bot.extensions.memory.Store"])
def test_a_misspelt_one_is_named(misspelt: str) -> None:
    with pytest.raises(TypeError, match="must be TrackerMemory, not InMemoryTrackerStore"):
        _store(_processor(misspelt))
