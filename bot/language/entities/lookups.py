"""The shop's lists of words (`nlu_data/lookups/*.yml`), read at training time and carried in the model as JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Text

import yaml

from bot.language.entities.entity import Entity

ENTITY_FILES = ("products", "carriers", "colours", "regions", "reasons")
BLOCKED = "blocked"
Tables = Dict[Text, Any]


def read_tables(folder: Path, names: "tuple[Text, ...]" = ENTITY_FILES) -> Tables:
    """The named files of `folder` as one dictionary. Raises FileNotFoundError where one is missing."""
    return {name: yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8")) for name in names}


@dataclass(frozen=True)
class Term:
    """One word of a list and the entity it stands for."""

    label: Text
    word: Text
    value: Text
    extra: Dict[Text, Any]

    def at(self, start: int, end: int) -> Entity:
        return Entity(self.label, self.value, start, end, self.extra, 0.9)


def _products(table: Tables) -> Iterator[Term]:
    for category, words in table["words"].items():
        for word in words:
            yield Term("product", word.lower(), word, {"category": category})
    for word in table["not_goods"]:
        yield Term(BLOCKED, word.lower(), word, {})


def _carriers(table: Tables) -> Iterator[Term]:
    for code, carrier in table.items():
        for word in carrier["words"]:
            yield Term("carrier", word.lower(), code, {"name": carrier["name"]})


def _colours(table: Tables) -> Iterator[Term]:
    for colour, words in table["words"].items():
        for word in [colour, *words]:
            yield Term("colour", word, colour, {})
    for word in table["not_colours"]:
        yield Term(BLOCKED, word, word, {})


def _regions(table: Tables) -> Iterator[Term]:
    """A province or city by its short and its full name; cities that are provinces stand under their own name."""
    for province, cities in table["provinces"].items():
        yield Term("region", _short(province), province, {"province": province})
        yield Term("region", province, province, {"province": province})
        for city in cities:
            for word in (city, city + "市"):
                yield Term("region", word, city + "市", {"province": province, "city": city + "市"})
    for other, cities in table["others"].items():
        for city in cities:
            yield Term("region", city, city, {"province": other, "city": city})
    for area in table["areas"]:
        yield Term("region", area, area, {"kind": "area"})
    for word in table["not_places"]:
        yield Term(BLOCKED, word, word, {})


def _short(province: Text) -> Text:
    for ending in ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市"):
        province = province[: -len(ending)] if province.endswith(ending) else province
    return province


def terms_of(tables: Tables) -> List[Term]:
    """Every word of the lists; the first list that has a word keeps it."""
    terms = [
        *_products(tables["products"]),
        *_carriers(tables["carriers"]),
        *_colours(tables["colours"]),
        *_regions(tables["regions"]),
    ]
    unique: Dict[Text, Term] = {}
    for term in terms:
        unique.setdefault(term.word, term)
    return list(unique.values())
