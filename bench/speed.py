"""Measurements of a running bridge, and of what steps the network inside it."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.composer import Composer
from bridge.config import DEFAULT_MODEL, HOST, PROTOCOL
from bridge.music.midifile import read_song
from bridge.music.note import Clip, Role
from bridge.music.roles import voices_of
from bridge.network.checkpoint import INT8, Shelf, default_shelf
from bridge.network.runtime import Runtime
from bridge.request import Kind, Request
from bridge.wire.messages import Continue, Hello
from bridge.wire.notes import clip_messages
from bridge.wire.packets import format_message

EXAMPLE = Path(__file__).parent.parent / "bridge" / "examples" / "morning.mid"
MODEL = DEFAULT_MODEL
BARS = 8
LENGTH = BARS * 3840
SERVE = [sys.executable, "-m", "bridge", "serve", "--no-demo"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    median: float
    p95: float | None
    unit: str


def rows(*, rounds: int, starts: int) -> Iterator[Row]:
    """Every measurement, as it is made."""
    with tempfile.TemporaryDirectory() as data:
        for variations in (1, 4, 8):
            with _server(Path(data)) as port:
                times = answer_times_ms(port, variations=variations, rounds=rounds)
            yield _row(f"over the port, {variations} variation{'s' * (variations > 1)}", times, "ms")
        first = [first_answer_ms(Path(data)) for _ in range(starts)]
        yield _row("a fresh process, from its start to its first answer", first, "ms")
        yield Row("peak memory of the server, 8 variations", peak_memory_mb(Path(data)), None, "MB")
    yield from _inside(rounds)


def _inside(rounds: int) -> Iterator[Row]:
    shelf = default_shelf(Path("/nonexistent"))
    counted = CountingRuntime(shelf.folder(MODEL))
    _compose(counted, shelf, 8)
    bandwidth = _bandwidth()
    yield Row(
        "reading every step's weights once, 8 variations", 1e3 * counted.bytes_read / bandwidth, None, "ms"
    )
    for name, runtime in (("ONNX Runtime", Runtime), ("torch", TorchRuntime)):
        loaded = runtime(shelf.folder(MODEL))
        for variations in (1, 4, 8):
            times = _times_ms(lambda n=variations, r=loaded: _compose(r, shelf, n), rounds)  # type: ignore[misc]
            yield _row(
                f"composing in process with {name}, {variations} variation{'s' * (variations > 1)}",
                times,
                "ms",
            )


def _row(what: str, values: list[float], unit: str) -> Row:
    return Row(what, float(np.median(values)), float(np.percentile(values, 95)), unit)


def primer() -> dict[Role, Clip]:
    """Four bars of melody and chords."""
    voices = voices_of(read_song(EXAMPLE))
    assert voices.melody is not None
    assert voices.accompaniment is not None
    return {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}


def _request(variations: int, rng_seed: int) -> Request:
    return Request(Kind.CONTINUE, primer(), LENGTH, variations, rng_seed, MODEL)


def _times_ms(act: Callable[[], object], rounds: int) -> list[float]:
    act()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(1e3 * (time.perf_counter() - began))
    return times


# Over the port.


@contextmanager
def _server(data: Path) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen(
        [*SERVE, "--port", str(port), "--data-dir", str(data)], stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, *, timeout_s: float = 30.0) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.02)
            probe.connect((HOST, port))
            try:
                probe.send(format_message(Hello(1, PROTOCOL, "bench", 0)))
                answer = probe.recv(65_535)
            except OSError:
                continue
            # The system may have given the probe the very port it asks: then it hears itself.
            if answer.startswith(b"/macnet/welcome"):
                return
    raise TimeoutError(f"no bridge on port {port}")


def answer_times_ms(port: int, *, variations: int, rounds: int) -> list[float]:
    """From the last packet of a request to the last packet of its answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        client.connect((HOST, port))
        return [_answer_ms(client, number + 2, variations) for number in range(rounds + 1)][1:]


def _answer_ms(client: socket.socket, number: int, variations: int) -> float:
    packets = [
        format_message(message)
        for role, clip in primer().items()
        for message in clip_messages(number, role, clip)
    ]
    packets.append(format_message(Continue(number, LENGTH, variations, number, (("clips", 2),))))
    for packet in packets:
        client.send(packet)
    sent = time.perf_counter()
    while not (answer := client.recv(65_535)).startswith(b"/macnet/done"):
        assert not answer.startswith(b"/macnet/fail"), answer
    return 1e3 * (time.perf_counter() - sent)


def first_answer_ms(data: Path) -> float:
    """From the start of a process to the last packet of its first answer, 1 variation."""
    began = time.perf_counter()
    with _server(data) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((HOST, port))
        _answer_ms(client, 1, 1)
        return 1e3 * (time.perf_counter() - began)


def peak_memory_mb(data: Path) -> float:
    """The most memory that a server held while it answered requests of 8 variations."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with _server(data) as port:
        answer_times_ms(port, variations=8, rounds=5)
        held = _status_mb(port)
    return held or max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _status_mb(port: int) -> float:
    """What Linux tells of the process that was started for a port; 0 elsewhere."""
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        if str(port).encode() in status.read_bytes().split(b"\0"):
            lines = (status.parent / "status").read_text("utf-8").splitlines()
            return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return 0.0


# In process.


def _compose(runtime: Runtime, shelf: Shelf, variations: int) -> None:
    composer = Composer(shelf)
    composer.runtime = lambda name: runtime  # type: ignore[method-assign]  # noqa: ARG005  whatever is asked for
    composer.compose(_request(variations, 7))


class CountingRuntime(Runtime):
    """Adds up the bytes of weights that an answer's steps read at least once each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bytes_read = 0.0
        steps = {kind: folder / f"{kind}{INT8}.onnx" for kind in self._sessions}
        self._bytes = {
            kind: _graph_bytes(path if path.exists() else folder / f"{kind}.onnx")
            for kind, path in steps.items()
        }

    def _run(self, graph: str, **inputs: Any) -> Any:  # noqa: ANN401  as ONNX Runtime has it
        self.bytes_read += self._bytes[graph]
        return super()._run(graph, **inputs)


def _graph_bytes(path: Path) -> int:
    import onnx  # noqa: PLC0415  only this figure needs it

    model = onnx.load(str(path), load_external_data=False)
    return sum(
        onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize * int(np.prod(tensor.dims))
        for tensor in model.graph.initializer
    )


def _bandwidth() -> float:
    """Bytes a second that one thread reads from memory that is not in the cache."""
    block = np.ones(1 << 26, np.float32)
    return block.nbytes / (min(_times_ms(block.sum, 5)) / 1e3)


class TorchRuntime(Runtime):
    """The same model, stepped by torch."""

    def __init__(self, folder: Path) -> None:
        import torch  # noqa: PLC0415

        from bridge.network.model import MacNet  # noqa: PLC0415
        from bridge.network.tensors import read_model_weights  # noqa: PLC0415

        super().__init__(folder)
        torch.set_num_threads(1)
        self._torch = torch
        self._net: Any = MacNet(self.config)
        self._net.load_state_dict(read_model_weights(folder))
        self._net.eval()

    def _run(self, graph: str, **inputs: Any) -> Any:  # noqa: ANN401
        kind, _, voice = graph.partition("-")
        with self._torch.inference_mode():
            given = {
                name: self._torch.from_numpy(np.ascontiguousarray(value)) for name, value in inputs.items()
            }
            outputs = getattr(self, f"_{kind}")(int(voice or 0), **given)
        return [output.numpy() for output in outputs]

    def _core(self, _: int, read: Any, before: Any) -> Any:  # noqa: ANN401
        return (self._net.core(read.unsqueeze(1), before.unsqueeze(0))[1][0],)

    def _point(self, voice: int, context: Any) -> Any:  # noqa: ANN401
        told: list[Any] = []
        for kind in self.pointers:
            pointer = getattr(self._net, kind)[voice]
            told += [pointer.query(context), pointer.key(context), pointer.new(context)]
            if self.config.lags:
                told.append(pointer.lag_query(context) @ pointer.lag.t() + pointer.lag_bias)
        return told

    def _choose(self, voice: int, plan_inputs: Any) -> Any:  # noqa: ANN401
        chooser = self._net.choosers[voice]
        planned = self._torch.tanh(chooser.plan(plan_inputs))
        # What tells words from one another is made once, as in the model on disk.
        words = self._torch.from_numpy(self._weights[f"choosers.{voice}.table"])
        return ((planned @ words.t() + chooser.often).log_softmax(-1),)

    def _plan(self, voice: int, plan_inputs: Any) -> Any:  # noqa: ANN401
        speller = self._net.spellers[voice]
        plan = self._torch.tanh(speller.plan(plan_inputs))
        # The plan itself is handed on: torch's GRU wants it whole in every step.
        return plan, self._torch.tanh(speller.start(plan))

    def _spell(self, voice: int, symbol: Any, given: Any, before: Any) -> Any:  # noqa: ANN401
        speller = self._net.spellers[voice]
        inputs = self._torch.cat([speller.symbol(symbol), given], 1).unsqueeze(1)
        states, last = speller.gru(inputs, before.unsqueeze(0))
        return speller.out(states[:, 0]), last[0]
