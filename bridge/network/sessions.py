"""Graphs made ready to be stepped: large products in int8 where the processor has them, else in fp32."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from bridge.network.checkpoint import INT8, NUMBERS, SCALES, read_graphs
from bridge.network.weights import in_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.network.weights import Floats


def load_sessions(
    folder: Path, weights: Mapping[str, Floats], *, exact: bool
) -> dict[str, onnxruntime.InferenceSession]:
    """Every graph of a model, by its name without `INT8`."""
    named = read_graphs(folder)
    given: Mapping[str, npt.NDArray[Any]] = weights if exact else {**weights, **_in_bytes(weights, named)}
    loaded = {}
    for name in (each for each in named if not each.endswith(f"{INT8}.onnx")):
        kind = Path(name).stem
        faster = f"{kind}{INT8}.onnx"
        session = None
        if not exact and faster in named:
            session = _tried(folder / faster, given, named[faster])
        loaded[kind] = session or _session(folder / name, {n: weights[n] for n in named[name]})
    return loaded


def _in_bytes(
    weights: Mapping[str, Floats], named: Mapping[str, Sequence[str]]
) -> dict[str, npt.NDArray[Any]]:
    """What graphs ask for instead of weights."""
    asked = {
        name.removesuffix(NUMBERS) for names in named.values() for name in names if name.endswith(NUMBERS)
    }
    found: dict[str, npt.NDArray[Any]] = {}
    for name in asked:
        found[name + NUMBERS], found[name + SCALES] = in_columns(weights[name])
    return found


def _tried(
    path: Path, weights: Mapping[str, npt.NDArray[Any]], names: Sequence[str]
) -> onnxruntime.InferenceSession | None:
    """The session of a graph in int8; None where it cannot be had, and fp32 serves.

    The processor may have no such products, which the first one tells, or the graph be of a time that laid out its
    numbers in another way.
    """
    try:
        session = _session(path, {name: weights[name] for name in names})
        session.run(None, {given.name: _nothing_for(given) for given in session.get_inputs()})
    except Exception:  # each runtime release raises classes of its own
        return None
    return session


def _nothing_for(given: onnxruntime.NodeArg) -> npt.NDArray[Any]:
    return np.zeros((1, *given.shape[1:]), np.int64 if given.type == "tensor(int64)" else np.float32)


def _session(path: Path, weights: Mapping[str, npt.NDArray[Any]]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # One thread: these products are too small to share, and the second core belongs to the DAW.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # What a step needs is small, and of another size whenever fewer variations take it: planning costs more than it
    # saves.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
