"""What docs/LIVE.md and the device itself say is so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from bridge.cli.app import app
from bridge.config import PORT
from max_for_live.workshop.build import ROOT, read_sources
from max_for_live.workshop.picture import SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS = ROOT.parent / "docs" / "LIVE.md"
SOURCES = read_sources()
TEXT = DOCS.read_text("utf-8")


def table(name: str) -> list[list[str]]:
    """The rows of a marked table, its heading left out."""
    found = re.search(rf"<!-- table: {name} -->\n(.*?)<!-- end -->", TEXT, re.S)
    assert found is not None
    rows = [line.strip("|").split("|") for line in found[1].strip().splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in rows]


def range_of(control: Mapping[str, Any]) -> str:
    """What can be chosen, as the table says it."""
    if control.get("filled"):
        return f"{control['items'][0]}, ..."
    if "items" in control:
        return ", ".join(control["items"])
    if "min" in control:
        return f"{control['min']} to {control['max']} ({control['default']})"
    return "off, on" if control["kind"] == "toggle" else ""


def sentences() -> list[str]:
    texts = dict(SOURCES.scripts)["texts.js"]
    return [json.loads(text) for text in re.findall(r'^ +\w+: ("[^"\n]+"),?$', texts, re.M)]


def test_the_table_of_controls_is_the_devices_own() -> None:
    controls = [[c["long"], range_of(c), c["info"]] for c in SOURCES.face["controls"]]
    assert table("controls") == controls


def test_what_the_docs_explain_is_what_the_device_says() -> None:
    reasons = [reason.strip("`") for reason, _ in table("reasons")]
    assert len(reasons) > 10
    assert [reason for reason in reasons if not any(reason in text for text in sentences())] == []


def test_the_picture_shows_what_the_device_says() -> None:
    said = [re.escape(text) for text in sentences()]
    patterns = [re.sub(r"\\\{\d\\\}", ".+", text) for text in said]
    shown = [SHOWN["status"], SHOWN["bridge"]]
    assert [text for text in shown if not any(re.fullmatch(pattern, text) for pattern in patterns)] == []


def test_device_docs_and_bridge_mean_the_same_port() -> None:
    controls = {control["selector"]: control for control in SOURCES.face["controls"]}
    assert SOURCES.face["ports"]["bridge"] == controls["port"]["default"] == PORT


def test_every_command_that_the_device_names_is_one() -> None:
    said = [*sentences(), *(control["info"] for control in SOURCES.face["controls"]), TEXT]
    named = {
        found for text in said for found in re.findall(r"\bmacnet ([a-z]+(?: [a-z]+)?(?: --[a-z-]+)?)", text)
    }
    assert "serve" in named
    assert [words for words in sorted(named) if not is_command(words.split())] == []


def is_command(words: list[str]) -> bool:
    """Whether the words are a command, its subcommand and an option; prose that follows on a command is let pass."""
    command: Any = get_command(app)
    for word in words:
        if word.startswith("--"):
            return word in [option for param in command.params for option in param.opts]
        known = getattr(command, "commands", {})
        if word not in known:
            return not known and command is not get_command(app)
        command = known[word]
    return True


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("serve", True),
        ("serve --port", True),
        ("serve and", True),
        ("takes list --starred", True),
        ("takes --starred", False),
        ("takes favourites", False),
        ("start", False),
    ],
)
def test_commands_that_are_none_are_found(words: str, expected: bool) -> None:  # noqa: FBT001  a table of cases
    assert is_command(words.split()) is expected
