"""Requests and frames made from their schemas, right ones and spoilt ones. `FUZZ_SEED` repeats a run; the seed of each
is printed."""

import json
import os
import random
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

SEED = int(os.environ.get("FUZZ_SEED") or random.randrange(1_000_000))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 40)
Schema = dict[str, Any]

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""A bounded number of examples, nothing kept between runs."""

# What has broken somebody before: controls, marks of direction, lone letters of other scripts, every kind of number.
ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "\u200b",
    "\u202e退",
    "😡" * 40,
    "'; DROP TABLE events; --",
    "../../x",
    "退" * 2001,
    "NaN",
]
ODD_VALUES = [None, True, 0, -1, 2**63, 10**400, 1.5e308, [], {}, [[]], {"": None}, *ODD_TEXTS]

WAITS = ("wait", "wait_s")

anything = st.recursive(
    st.sampled_from(ODD_VALUES) | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def values(schema: Schema, root: Schema, known: dict[str, list[Any]] | None = None) -> st.SearchStrategy[Any]:
    """Values that fit `schema`. `known` holds real values of fields (`conversation_id`), beside made-up ones."""
    known = known or {}
    if "$ref" in schema:
        return st.deferred(lambda: values(_resolved(schema["$ref"], root), root, known))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return st.one_of([values(part, root, known) for part in schema[choice]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return _of_type(schema, root, known)


def _resolved(reference: str, root: Schema) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    resolved: Schema = found
    return resolved


def _known(name: str, known: dict[str, list[Any]], made: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Who waits is made to wait for nothing."""
    if name not in known:
        return made
    return st.sampled_from(known[name]) if name in WAITS else st.sampled_from(known[name]) | made


def _of_type(schema: Schema, root: Schema, known: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
    match schema.get("type"):
        case "string":
            return _text(schema)
        case "integer" | "number":
            low, high = schema.get("minimum", -(2**31)), schema.get("maximum", 2**53)
            return st.integers(int(low), int(high))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            inner = values(schema.get("items", {}), root, known)
            return st.lists(inner, max_size=min(schema.get("maxItems", 3), 3), min_size=schema.get("minItems", 0))
        case "object":
            return _object(schema, root, known)
    return anything


def _text(schema: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda at: at.isoformat() + "Z")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"]).map(lambda text: text[: schema.get("maxLength", 60)])
    longest = min(schema.get("maxLength", 40), 40)
    return st.text(min_size=min(schema.get("minLength", 0), longest), max_size=longest) | st.sampled_from(ODD_TEXTS)


def _object(schema: Schema, root: Schema, known: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
    required, optional = {}, {}
    for name, part in schema.get("properties", {}).items():
        made = values(part, root, known)
        is_needed = name in schema.get("required", []) or "const" in part
        (required if is_needed else optional)[name] = _known(name, known, made)
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def spoilt(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """A value with one thing wrong: a field missing, added, or of another kind."""
    value = draw(whole)
    if not isinstance(value, dict) or not value:
        return draw(anything)
    name = draw(st.sampled_from(sorted(value)))
    how = draw(st.sampled_from(["drop", "add", "replace"]))
    changed = {key: inner for key, inner in value.items() if key != name or how == "add"}
    if how == "replace":
        changed[name] = draw(anything)
    if how == "add":
        changed[draw(st.text(max_size=8))] = draw(anything)
    return changed


def texts(whole: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """As they go over the wire: right, spoilt, cut off, or no JSON at all."""
    right = whole.map(json.dumps)
    cut = st.builds(lambda text, share: text[: int(len(text) * share)], right, st.floats(0, 1))
    return st.one_of(right, right, spoilt(whole).map(json.dumps), cut, st.text(max_size=40))


METHODS = ("get", "post", "put", "patch", "delete")
Request = tuple[str, str, dict[str, str], str | None]


def operations(document: Schema, known: dict[str, list[Any]]) -> dict[tuple[str, str], st.SearchStrategy[Request]]:
    """For every operation of an OpenAPI document: method, path, query and body, right and spoilt."""
    return {
        (method.upper(), path): _request(method.upper(), path, operation, document, known)
        for path, described in document["paths"].items()
        for method, operation in described.items()
        if method in METHODS
    }


def _request(
    method: str, path: str, operation: Schema, document: Schema, known: dict[str, list[Any]]
) -> st.SearchStrategy[Request]:
    parts: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
    for parameter in operation.get("parameters", []):
        if parameter["in"] in parts:
            made = values(parameter["schema"], document, known) | st.sampled_from(ODD_TEXTS)
            name = parameter["name"]
            parts[parameter["in"]][name] = _known(name, known, made)
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((each["schema"] for each in content.values()), None)
    body = texts(values(schema, document, known)) if schema else st.none()
    return st.builds(
        lambda places, query, text: (method, _filled(path, places), {n: str(v) for n, v in query.items()}, text),
        st.fixed_dictionaries(parts["path"]),
        st.fixed_dictionaries({}, optional=parts["query"]),
        body,
    )


def _filled(path: str, places: dict[str, Any]) -> str:
    for name, value in places.items():
        path = path.replace("{" + name + "}", quote(str(value), safe="") or "-")
    return path
