"""Keeping lookup tables in the model: read from `nlu_data/lookups/` at training, from the model ever after."""

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Text

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

Tables = Dict[Text, Any]
FILE_NAME = "tables.json"


def save_tables(tables: Tables, storage: ModelStorage, resource: Resource) -> None:
    with storage.write_to(resource) as folder:
        (folder / FILE_NAME).write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")


def load_tables(storage: ModelStorage, resource: Resource) -> Tables:
    with storage.read_from(resource) as folder:
        return json.loads((Path(folder) / FILE_NAME).read_text(encoding="utf-8"))


def digest(tables: Tables) -> Text:
    """What makes Rasa train again when a table changed."""
    return hashlib.sha256(json.dumps(tables, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
