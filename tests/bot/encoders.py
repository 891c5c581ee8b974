"""A tiny sentence encoder for the tests: word pieces of the real kind, weights that are a table of vectors."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "退", "货", "还", "快", "递", "到", "哪", "了"]
TABLE = np.random.default_rng(7).normal(size=(len(PIECES), 6)).astype(np.float32)
TABLE[PIECES.index("还")] = TABLE[PIECES.index("退")]  # what an encoder is for: another word, the same meaning
VECTORS_OF_PIECES = dict(zip(PIECES, TABLE, strict=True))


def write_encoder(folder: Path, *, weights: str = "model.onnx", tokenizer: str = "tokenizer.json") -> Path:
    """Inputs and output are named as in an export of BERT: `input_ids`, `attention_mask` → `last_hidden_state`."""
    (folder / weights).parent.mkdir(parents=True, exist_ok=True)
    shape = ["batch", "sequence"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, TABLE.shape[1]])],
        [numpy_helper.from_array(TABLE, "table")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), folder / weights)
    if tokenizer == "vocab.txt":
        (folder / tokenizer).write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    else:
        _tokenizer().save(str(folder / tokenizer))
    return folder


def _tokenizer() -> Tokenizer:
    places = {piece: place for place, piece in enumerate(PIECES)}
    tokenizer = Tokenizer(WordPiece(places, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing(("[SEP]", places["[SEP]"]), ("[CLS]", places["[CLS]"]))
    return tokenizer
