"""A pretrained sentence encoder of the merchant's own, from a folder: ONNX weights beside their tokenizer.

Reads what `optimum-cli export onnx` writes and the folder of a sentence-transformers model saved with its ONNX backend:

    model.onnx or onnx/model.onnx       weights (a quantised file where there is only that)
    tokenizer.json or vocab.txt         a tokenizer of Hugging Face's, or BERT's list of word pieces
    modules.json, 1_Pooling/config.json how token vectors become one (mean where it is not said)
    sentence_bert_config.json           the longest message in tokens (128 where it is not said)

`onnxruntime` and `tokenizers` are imported when an encoder is loaded, and only then.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

WEIGHTS = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
TOKENIZERS = ("tokenizer.json", "onnx/tokenizer.json", "vocab.txt", "onnx/vocab.txt")
MOST_TOKENS, BATCH = 128, 32
POOLED_OUTPUT = "sentence_embedding"


def _mean(tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return (tokens * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)


def _first(tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return tokens[:, 0]


def _largest(tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask[..., None] > 0, tokens, -np.inf).max(axis=1)


POOLINGS: Dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"mean": _mean, "cls": _first, "max": _largest}


def find_weights(folder: Path) -> Path:
    """Raises FileNotFoundError, saying what to do, where the folder holds no ONNX weights."""
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"no ONNX weights in {folder} (looked for {', '.join(WEIGHTS)}): export the encoder with "
        "`optimum-cli export onnx`, or save it with SentenceTransformer(…, backend='onnx').save_pretrained(…)"
    )


def digest(folder: Path) -> str:
    """Which encoder this is: a model is only good for the one it was trained with."""
    found = hashlib.sha256()
    with find_weights(folder).open("rb") as weights:
        while part := weights.read(1 << 20):
            found.update(part)
    for name in (*TOKENIZERS, "modules.json"):
        if (folder / name).is_file():
            found.update((folder / name).read_bytes())
    return found.hexdigest()


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _pooling_name(folder: Path) -> str:
    """As sentence-transformers writes it down: one flag per way (older versions) or a name (newer ones)."""
    modules = _json(folder / "modules.json") or []
    place = next((module["path"] for module in modules if module["type"].endswith(".Pooling")), "1_Pooling")
    said = _json(folder / place / "config.json")
    flags = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls", "pooling_mode_max_tokens": "max"}
    chosen = (
        [said["pooling_mode"]] if "pooling_mode" in said else [way for flag, way in flags.items() if said.get(flag)]
    )
    if said and (len(chosen) != 1 or chosen[0] not in POOLINGS):
        raise ValueError(f"{folder / place}: only one of {', '.join(POOLINGS)} pooling can be read, not {said}")
    return str(chosen[0]) if chosen else "mean"


def _load_tokenizer(folder: Path, most: int) -> Any:
    from tokenizers import BertWordPieceTokenizer, Tokenizer

    path = next((folder / name for name in TOKENIZERS if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"no tokenizer in {folder} (looked for {', '.join(TOKENIZERS)})")
    tokenizer = Tokenizer.from_file(str(path)) if path.suffix == ".json" else BertWordPieceTokenizer(str(path))
    tokenizer.enable_truncation(max_length=most)
    tokenizer.enable_padding()
    return tokenizer


class SentenceEncoder:
    """Texts → vectors of length one. One thread: a message is short, and the processors belong to all of the shop."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(find_weights(folder)), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._output = self._choose_output()
        self._pool = POOLINGS[_pooling_name(folder)]
        most = _json(folder / "sentence_bert_config.json").get("max_seq_length") or MOST_TOKENS
        self._tokenizer = _load_tokenizer(folder, most)

    def _choose_output(self) -> str:
        names: List[str] = [given.name for given in self._session.get_outputs()]
        return POOLED_OUTPUT if POOLED_OUTPUT in names else names[0]

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, size) float32."""
        batches = [self._encode(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(batches) if batches else np.zeros((0, 0), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        found = self._tokenizer.encode_batch(list(texts))
        mask = np.array([one.attention_mask for one in found], dtype=np.int64)
        given: Dict[str, Optional[np.ndarray]] = {
            "input_ids": np.array([one.ids for one in found], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([one.type_ids for one in found], dtype=np.int64),
        }
        (output,) = self._session.run([self._output], {name: given[name] for name in self._inputs})
        vectors = output if output.ndim == 2 else self._pool(output, mask)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
