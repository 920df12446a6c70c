"""From trained weights to the graphs that the server steps, written by hand in ONNX operators.

The graphs are a kilobyte each: they only name their weights, which the runtime hands to them, so a model keeps its
weights once. One file for each question that the runtime asks:

    core.onnx       read (n, R), state (n, H)                 -> state (n, H)
    point-V.onnx    context (n, C)                            -> query (n, K), key (n, K), new (n, 1), lag (n, lags)
                                                                 of the pointer at words, then of that at rhythms
    plan-V.onnx     plan_inputs (n, C + E + G)                -> given (n, 3P), state (n, P)
    spell-V.onnx    symbol (n), given (n, 3P), state (n, P)   -> logits (n, symbols), state (n, P)

`given` is what the plan adds to every gate of the speller; it is computed once a word.

Where a graph has large products there is a second one, `core.int8.onnx` beside `core.onnx`, that multiplies in int8
with the numbers that are stored: half as long, and what is served is told from fp32 by some thousandths of its
spread. What is multiplied is made bytes too, each row by itself, so that a variation does not depend on the others:
by 127 where it cannot be beyond 1, as states and what comes from a tanh, and else by its own largest number. The one
in fp32 is what training has learned, to the last digits.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from bridge.network.checkpoint import GRAPHS, INT8, NUMBERS, SCALES, WEIGHTS, describe
from bridge.network.lexis import JOINED, OF_PLAN, POINTED, POINTERS, TABLE, derived
from bridge.network.weights import ZERO, Floats, save_weights
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import torch

    from bridge.config import NetworkConfig
    from bridge.network.checkpoint import Card, Vocabulary

_OPSET: Final = 18
_IR_VERSION: Final = 9
_MICROSOFT: Final = "com.microsoft"
"""The domain of what ONNX Runtime has beyond ONNX."""
_LARGE: Final = 12_000
"""Weights of a product for which int8 saves more than it costs."""
_LEAST: Final = 1e-9
"""Rows whose largest number is smaller count as nothing."""


def save_model(
    folder: Path,
    weights: Mapping[str, torch.Tensor],
    config: NetworkConfig,
    *,
    card: Card,
    vocabulary: Vocabulary,
) -> None:
    """Write a whole model into an existing empty folder; `config.json` comes last and makes it one."""
    arrays = {name: value.float().cpu().numpy() for name, value in weights.items()}
    save_weights(folder / WEIGHTS, arrays)
    save_graphs(folder, arrays, config)
    describe(folder, config, card, vocabulary)


def save_graphs(folder: Path, weights: Mapping[str, Floats], config: NetworkConfig) -> None:
    """Write every graph, and which weights each of them names."""
    named: dict[str, list[str]] = {}
    for name, model in graphs({**weights, **derived(weights, config)}, config).items():
        write_whole(folder / name, model.SerializeToString(deterministic=True))
        named[name] = [tensor.name for tensor in model.graph.initializer if tensor.external_data]
    write_whole(folder / GRAPHS, (json.dumps(named, indent=1) + "\n").encode())


def graphs(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, onnx.ModelProto]:
    """Every graph by file name."""
    made, in_int8 = (_graphs(weights, config, in_int8=in_int8) for in_int8 in (False, True))
    # A graph without a large product asks for nothing beyond ONNX, and would be the same again.
    larger = {name: graph for name, graph in in_int8.items() if len(graph.opset_import) > 1}
    named = {f"{name}.onnx": graph for name, graph in made.items()}
    return named | {f"{name}{INT8}.onnx": graph for name, graph in larger.items()}


def _graphs(
    weights: Mapping[str, Floats], config: NetworkConfig, *, in_int8: bool
) -> dict[str, onnx.ModelProto]:
    def graph() -> _Graph:
        return _Graph(weights, in_int8=in_int8)

    made = {"core": _core(graph(), config)}
    for voice in range(config.voices):
        if config.memory:
            made[f"point-{voice}"] = _point(graph(), voice, config)
        if config.dictionary:
            made[f"choose-{voice}"] = _choose(graph(), voice)
        # What a plan is off by, every symbol of its word is: in bytes, it would be 0.2 nats a beat and seldom 3.
        made[f"plan-{voice}"] = _plan(_Graph(weights), voice, config)
        made[f"spell-{voice}"] = _spell(graph(), voice, config)
    return made


class _Graph:
    """Collects nodes; of the weights it knows names and shapes. `in_int8`: large products are in int8."""

    def __init__(self, weights: Mapping[str, Floats], *, in_int8: bool = False) -> None:
        self._in_int8 = in_int8
        self._domains = [helper.make_opsetid("", _OPSET)]
        self._shapes = {name: values.shape for name, values in weights.items()}
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}

    def width(self, name: str, axis: int) -> int:
        """The length of a weight along an axis."""
        return int(self._shapes[name][axis])

    def weight(self, name: str) -> str:
        """Make a weight known to the graph; its values are elsewhere."""
        return self._outside(name, TensorProto.FLOAT, self._shapes[name])

    def _outside(self, name: str, kind: int, shape: Sequence[int]) -> str:
        tensor = TensorProto(name=name, data_type=kind, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=WEIGHTS)
        self._initializers[name] = tensor
        return name

    def constant(self, name: str, values: npt.ArrayLike, kind: npt.DTypeLike = np.int64) -> str:
        """A few numbers."""
        self._initializers[name] = numpy_helper.from_array(np.array(values, kind), name)
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: int) -> str:
        """Add a node with one output."""
        node = helper.make_node(operator, inputs, [output], domain=domain or None)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(node)
        return output

    def linear(self, x: str, name: str, output: str, *, is_bounded: bool = False) -> str:
        """`x` through torch's Linear of that name."""
        return self.product(x, f"{name}.weight", f"{name}.bias", output, is_bounded=is_bounded)

    def product(self, x: str, weight: str, bias: str, output: str, *, is_bounded: bool = False) -> str:
        """`x` times the transpose of a weight, (rows, columns), and a bias; `is_bounded`: `x` is within -1 and 1."""
        rows, columns = self._shapes[weight]
        if not self._in_int8 or rows * columns < _LARGE:
            return self.add("Gemm", [x, self.weight(weight), self.weight(bias)], output, transB=1)
        if len(self._domains) == 1:
            self._domains.append(helper.make_opsetid(_MICROSOFT, 1))
        numbers = self._outside(weight + NUMBERS, TensorProto.UINT8, (columns, rows))
        scales = self._outside(weight + SCALES, TensorProto.FLOAT, (rows,))
        step, zero = self.constant("step", 1 / 127, np.float32), self.constant("zero", ZERO, np.uint8)
        if is_bounded:
            in_bytes = self.add("QuantizeLinear", [x, step, zero], f"{x}_bytes")
            inputs = [in_bytes, numbers, step, scales, zero, zero, self.weight(bias)]
            return self.add("MatMulIntegerToFloat", inputs, output, _MICROSOFT)
        least = self.constant("least", _LEAST, np.float32)
        sizes = self.add("Abs", [x], f"{x}_sizes_of")
        largest = self.add("ReduceMax", [sizes, self.constant("columns", [1])], f"{x}_largest_of")
        largest = self.add("Max", [largest, least], f"{x}_largest")
        bounded = self.add("Div", [x, largest], f"{x}_bounded")
        in_bytes = self.add("QuantizeLinear", [bounded, step, zero], f"{x}_bytes")
        inputs = [in_bytes, numbers, step, scales, zero, zero]
        summed = self.add("MatMulIntegerToFloat", inputs, f"{output}_of_bounded", _MICROSOFT)
        grown = self.add("Mul", [summed, largest], f"{output}_without_bias")
        return self.add("Add", [grown, self.weight(bias)], output)

    def split(self, x: str, widths: Mapping[str, int]) -> None:
        """Parts of `x` one beside the other, by name with the width of each."""
        sizes = self.constant(f"{x}_sizes", list(widths.values()))
        self._nodes.append(helper.make_node("Split", [x, sizes], list(widths), axis=1))

    def gates(self, from_input: str, from_state: str, state: str, output: str) -> str:
        """Torch's GRU cell, from what input and state give to its gates (reset, update, new)."""
        for side, gates in (("x", from_input), ("s", from_state)):
            outputs = [f"{side}_reset", f"{side}_update", f"{side}_new"]
            self._nodes.append(helper.make_node("Split", [gates], outputs, axis=1, num_outputs=3))
        for gate in ("reset", "update"):
            self.add("Sigmoid", [self.add("Add", [f"x_{gate}", f"s_{gate}"], f"{gate}_sum")], gate)
        kept = self.add("Mul", ["reset", "s_new"], "kept")
        new = self.add("Tanh", [self.add("Add", ["x_new", kept], "new_sum")], "new")
        change = self.add("Mul", ["update", self.add("Sub", [state, new], "difference")], "change")
        return self.add("Add", [new, change], output)

    def build(self, inputs: dict[str, int | None], outputs: dict[str, int]) -> onnx.ModelProto:
        """The model; `inputs` maps names to widths, None for a vector of ids."""
        graph = helper.make_graph(
            self._nodes,
            "macnet",
            [_value(name, width) for name, width in inputs.items()],
            [_value(name, width) for name, width in outputs.items()],
            list(self._initializers.values()),
        )
        return helper.make_model(graph, opset_imports=self._domains, ir_version=_IR_VERSION)


def _value(name: str, width: int | None) -> onnx.ValueInfoProto:
    if width is None:
        return helper.make_tensor_value_info(name, TensorProto.INT64, ["n"])
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])


def _core(graph: _Graph, config: NetworkConfig) -> onnx.ModelProto:
    for side, source in (("ih", "read"), ("hh", "before")):
        names = (f"core.weight_{side}_l0", f"core.bias_{side}_l0")
        graph.product(source, *names, f"from_{source}", is_bounded=source == "before")
    graph.gates("from_read", "from_before", "before", "state")
    width = graph.width("core.weight_ih_l0", 1)
    return graph.build({"read": width, "before": config.core_size}, {"state": config.core_size})


def _point(graph: _Graph, voice: int, config: NetworkConfig) -> onnx.ModelProto:
    kinds = POINTERS if config.groove_size else POINTERS[:1]
    asked = (*POINTED, "lag_query") if config.lags else POINTED
    widths = {
        f"{kind}_{part}": graph.width(f"{kind}.{voice}.{part}.weight", 0) for kind in kinds for part in asked
    }
    pointed = graph.product("context", f"{JOINED}.{voice}.weight", f"{JOINED}.{voice}.bias", "pointed")
    graph.split(pointed, widths)
    outputs: dict[str, int] = {}
    for kind in kinds:
        outputs |= {f"{kind}_{part}": widths[f"{kind}_{part}"] for part in POINTED}
        if config.lags:
            name = f"{kind}.{voice}"
            lags = graph.product(f"{kind}_lag_query", f"{name}.lag", f"{name}.lag_bias", f"{kind}_lag")
            outputs[lags] = config.lags
    return graph.build({"context": graph.width(f"pointers.{voice}.query.weight", 1)}, outputs)


def _choose(graph: _Graph, voice: int) -> onnx.ModelProto:
    name = f"choosers.{voice}"
    planned = graph.add("Tanh", [graph.linear("plan_inputs", f"{name}.plan", "planned_sum")], "planned")
    logits = graph.product(planned, f"{name}.{TABLE}", f"{name}.often", "logits", is_bounded=True)
    graph.add("LogSoftmax", [logits], "chosen", axis=1)
    width, words = graph.width(f"{name}.plan.weight", 1), graph.width(f"{name}.{TABLE}", 0)
    return graph.build({"plan_inputs": width}, {"chosen": words})


def _plan(graph: _Graph, voice: int, config: NetworkConfig) -> onnx.ModelProto:
    name = f"spellers.{voice}"
    plan = graph.add("Tanh", [graph.linear("plan_inputs", f"{name}.plan", "plan_sum")], "plan")
    graph.add("Tanh", [graph.linear(plan, f"{name}.start", "start_sum")], "state")
    graph.product(plan, f"{name}.{OF_PLAN}", f"{name}.gru.bias_ih_l0", "given")
    width = graph.width(f"{name}.plan.weight", 1)
    size = config.speller_size
    return graph.build({"plan_inputs": width}, {"given": 3 * size, "state": size})


def _spell(graph: _Graph, voice: int, config: NetworkConfig) -> onnx.ModelProto:
    name = f"spellers.{voice}"
    gates = graph.weight(f"{name}.gru.weight_ih_l0")
    bounds = [graph.constant(k, [v]) for k, v in (("from", 0), ("to", config.symbol_size), ("axis", 1))]
    of_symbol = graph.add("Slice", [gates, *bounds], "gates_of_symbol")
    # The table does not depend on any input: the runtime computes it once, when it loads the graph.
    table = graph.add("Gemm", [graph.weight(f"{name}.symbol.weight"), of_symbol], "table", transB=1)
    from_symbol = graph.add("Gather", [table, "symbol"], "from_symbol", axis=0)
    from_input = graph.add("Add", [from_symbol, "given"], "from_input")
    graph.product(
        "before", f"{name}.gru.weight_hh_l0", f"{name}.gru.bias_hh_l0", "from_before", is_bounded=True
    )
    state = graph.gates(from_input, "from_before", "before", "state")
    graph.linear(state, f"{name}.out", "logits", is_bounded=True)
    size = config.speller_size
    return graph.build(
        {"symbol": None, "given": 3 * size, "before": size}, {"logits": config.symbols, "state": size}
    )
