"""The readers as the pipeline builds them, once for all tests."""

import warnings
from typing import Callable

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # spaCy's and TensorFlow's own, at import
    from bench import reading
    from bot.language.entities.pipeline import EntityPipeline


@pytest.fixture(scope="session")
def pipeline() -> EntityPipeline:
    from bot.language.entities.lookups import read_tables

    reading.load_words()
    return EntityPipeline(read_tables(reading.LOOKUPS))


@pytest.fixture(scope="session")
def harm() -> "Callable[[str], str]":
    return reading.harm_reader()
