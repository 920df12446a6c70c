"""docs/OSC.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import MacNetError
from bridge.request import OPTIONS
from bridge.wire import desk, messages
from bridge.wire.gathering import all_errors
from bridge.wire.osc import MAX_PACKET
from bridge.wire.reference import rewrite

if TYPE_CHECKING:
    from tests.wire.wire_fakes import Running

DOCS = Path(__file__).parents[2] / "docs" / "OSC.md"
BRIDGE = Path(messages.__file__).parents[1]


def test_the_tables_are_those_of_the_code() -> None:
    text = DOCS.read_text("utf-8")
    assert rewrite(text) == text, "python -m bridge.wire.reference docs/OSC.md"


def test_every_message_option_and_table_is_there() -> None:
    text = DOCS.read_text("utf-8")
    for address in messages.SPECS:
        assert f"| `{address}` |" in text
    for name in OPTIONS:
        assert f"| `{name}` |" in text
    assert text.count("<!-- table: ") == text.count("<!-- end -->") == 6


def test_every_code_in_the_docs_is_one_of_the_errors() -> None:
    section = DOCS.read_text("utf-8").split("### Why a request failed")[1].split("### Notices")[0]
    codes = set(re.findall(r"^\| `(\w+\.\w+)`", section, flags=re.MULTILINE))
    assert codes <= {kind.code for kind in all_errors(MacNetError)}
    assert {"clip.empty", "request.busy", "server.protocol", "model.missing", "take.missing"} <= codes


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    text = DOCS.read_text("utf-8")
    assert f"at most {messages.MAX_SENT_BYTES:,} bytes" in text
    assert f"{MAX_PACKET - 1:,} bytes" in text
    assert desk.MAX_FAILS_A_PACKET == 16
    assert "only the first sixteen messages" in text


def test_only_one_file_spells_an_address() -> None:
    spelling = {path.name for path in BRIDGE.rglob("*.py") if '"/macnet/' in path.read_text("utf-8")}
    assert spelling == {"messages.py"}


def test_only_one_file_knows_python_osc() -> None:
    knowing = {
        path.name
        for path in BRIDGE.rglob("*.py")
        if "import" in (t := path.read_text("utf-8")) and "from pythonosc" in t
    }
    assert knowing == {"osc.py"}


def test_the_documented_python_works(running: Running) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), flags=re.DOTALL)
    exec(code.replace("Client()", f"Client({running.port})"), {})
    assert len(running.takes.kept) == 4
    assert running.takes.stars == {1: True}
