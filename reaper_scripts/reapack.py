# @noindex
"""ReaPack: checks the rules by which its indexer reads this repository, and writes `index.xml` as it would.

    python reaper_scripts/reapack.py           write index.xml
    python reaper_scripts/reapack.py --check   write nothing; fail where a rule is broken or index.xml is old

The rules are those of reapack-index 1.2.6, whose packages, metadata headers and `@provides` lines are documented in
its wiki: every script in a folder is a package unless its header says `@noindex`; a header ends at the first empty
line; a package needs a version; what it provides must be there. The same tree gives the same bytes: a link names the
tag of its version, not a commit.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
CONF = ".reapack-index.conf"
INDEX = "index.xml"

PACKAGE_ENDINGS = frozenset(
    {".lua", ".eel", ".py", ".jsfx", ".txt", ".data", ".ext", ".theme", ".reaperlangpack", ".www", ".rpp"}
    | {".rtracktemplate"}
)
"""Files that the indexer takes for packages, wherever they lie below the root."""

SECTIONS = frozenset(
    {"main", "midi_editor", "midi_inlineeditor", "midi_eventlisteditor", "mediaexplorer", "crossfade_editor"}
)
KNOWN_TAGS = frozenset(
    {"description", "author", "version", "about", "changelog", "provides", "link", "website", "donation"}
    | {"screenshot", "metapackage", "noindex", "license"}
)
GENERATED = r"\..*|node_modules|__pycache__|build|dist|out|runs|.*\.egg-info"  # not in the repository
LARGEST_NUMBER = 65_535  # of each part of a version


@dataclass(frozen=True)
class Settings:
    """What `.reapack-index.conf` says.

    Attributes:
        name: of the repository, as ReaPack lists it.
        ignored: folders that hold no packages.
        url_template: where a file of a version lies; `$version` and `$path` are filled in.
    """

    name: str
    ignored: tuple[str, ...]
    url_template: str


@dataclass(frozen=True)
class Provided:
    """One file of a package.

    Attributes:
        path: from the package's folder.
        sections: the action lists that show it; none: a library.
    """

    path: str
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A script with a header of its own, and what comes with it."""

    path: Path
    tags: Mapping[str, str]
    files: tuple[Provided, ...] = field(default=())


class RuleBroken(Exception):
    """A file that the indexer would refuse, and why."""


def read_settings(root: Path) -> Settings:
    """The options of the indexer, as it splits them: like a shell, but with no comments.

    Raises:
        RuleBroken: the file holds something else.
    """
    words = shlex.split((root / CONF).read_text("utf-8"))
    found: dict[str, list[str]] = {"--name": [], "--url-template": [], "--ignore": []}
    for option, value in zip(words[::2], words[1::2], strict=False):
        if option not in found:
            raise RuleBroken(f"{CONF}: {option!r} is not understood")
        found[option].append(value)
    if not (len(found["--name"]) == len(found["--url-template"]) == 1 and len(words) % 2 == 0):
        raise RuleBroken(f"{CONF}: needs one --name, one --url-template, and a value after each option")
    return Settings(found["--name"][0], tuple(found["--ignore"]), found["--url-template"][0])


def header(path: Path) -> dict[str, str]:
    """The tags of a file's header: its first lines, up to the first that is empty."""
    tags: dict[str, str] = {}
    tag, indent = "", 0
    for line in path.read_text("utf-8").splitlines():
        text = re.sub(r"^\s*(--|#|//|\*)", "", line)
        if not text.strip():
            break
        depth = len(text) - len(text.lstrip())
        if match := re.fullmatch(r"\s*@(\w+)(?:\s+(.*))?", text):
            tag, indent = match[1], depth
            if tag in tags:
                raise RuleBroken(f"{path}: @{tag} comes twice")
            tags[tag] = (match[2] or "").strip()
        elif tag and depth > indent:
            tags[tag] = f"{tags[tag]}\n{text.strip()}".strip()
        else:
            tag = ""
    return tags


def check_version(path: Path, version: str) -> None:
    """A version starts with a digit and has small numbers.

    Raises:
        RuleBroken: it does not.
    """
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    if not re.fullmatch(r"\d[\w.-]*", version) or max(numbers) > LARGEST_NUMBER:
        raise RuleBroken(f"{path}: invalid value for tag 'version': {version!r}")


def _options(path: Path, line: str) -> tuple[tuple[str, ...], str]:
    """The sections and the pattern of one line of `@provides`."""
    match = re.fullmatch(r"(?:\[(?P<options>[^\]]*)\]\s+)?(?P<pattern>[^>]+)", line)
    if match is None:
        raise RuleBroken(f"{path}: @provides {line!r} is not understood")
    sections: tuple[str, ...] = ()
    for option in (match["options"] or "nomain").split():
        name, _, value = option.partition("=")
        if name not in {"main", "nomain"}:
            raise RuleBroken(f"{path}: @provides knows no option {option!r}")
        sections = tuple(value.split(",") if value else ["main"]) if name == "main" else ()
        if not SECTIONS.issuperset(sections):
            raise RuleBroken(f"{path}: @provides knows no section {value!r}")
    return sections, match["pattern"].strip()


def provided(path: Path, text: str) -> tuple[Provided, ...]:
    """The files that a package's `@provides` names, and the package itself, which comes by itself.

    Raises:
        RuleBroken: a line is not understood, names nothing, or a file that another line has named.
    """
    files: dict[str, Provided] = {}
    for line in text.splitlines():
        sections, pattern = _options(path, line)
        matches = [path] if pattern == "." else sorted(path.parent.glob(pattern))
        if not matches:
            raise RuleBroken(f"{path}: @provides {pattern!r} names no file")
        for match in matches:
            name = match.relative_to(path.parent).as_posix()
            if name in files:
                raise RuleBroken(f"{path}: @provides names {name!r} twice")
            files[name] = Provided(name, sections)
    files.setdefault(path.name, Provided(path.name, ("main",)))
    return tuple(files[name] for name in sorted(files))


def candidates(root: Path, settings: Settings) -> Iterator[Path]:
    """Every file that the indexer would take for a package; those in the root never are."""
    for folder, below, names in os.walk(root):
        place = Path(folder).relative_to(root)
        below[:] = sorted(name for name in below if not _is_ignored(place / name, settings))
        for name in sorted(names) if place.parts else ():
            if Path(name).suffix.lower() in PACKAGE_ENDINGS and not _is_ignored(place / name, settings):
                yield root / place / name


def _is_ignored(place: Path, settings: Settings) -> bool:
    generated = re.fullmatch(GENERATED, place.name) is not None
    return generated or any(place.is_relative_to(folder) for folder in settings.ignored)


def packages(root: Path, settings: Settings) -> list[Package]:
    """Every package of the repository.

    Raises:
        RuleBroken: a file is neither a package nor says `@noindex`, or a header is wrong.
    """
    found = []
    for path in candidates(root, settings):
        tags = header(path)
        if "noindex" in tags:
            continue
        if unknown := tags.keys() - KNOWN_TAGS:
            raise RuleBroken(f"{path}: unknown tag {min(unknown)!r}")
        if "version" not in tags:
            raise RuleBroken(f"{path}: missing tag 'version' (a library says @noindex)")
        check_version(path, tags["version"])
        found.append(Package(path, tags, provided(path, tags.get("provides", ""))))
    return found


def check_nothing_is_left_out(root: Path, settings: Settings, found: Sequence[Package]) -> None:
    """Every script that says `@noindex` belongs to a package, but for what only developers run.

    Raises:
        RuleBroken: one would never reach a user.
    """
    shipped = {package.path.parent / file.path for package in found for file in package.files}
    for path in candidates(root, settings):
        if path.suffix == ".lua" and path not in shipped:
            raise RuleBroken(f"{path}: no package provides it")


def rtf(text: str) -> str:
    """A paragraph as rich text, which is what ReaPack shows."""
    escaped = re.sub(r"([\\{}])", r"\\\1", text.replace("\n", " "))
    return "{\\rtf1\\ansi " + "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in escaped) + "\\par}"


def _source(package: Package, file: Provided, place: Path, template: str) -> ET.Element:
    attributes = {"main": " ".join(file.sections)} if file.sections else {}
    if file.path != package.path.name:
        attributes["file"] = file.path
    source = ET.Element("source", attributes)
    path = quote((place.parent / file.path).as_posix())
    source.text = template.replace("$version", package.tags["version"]).replace("$path", path)
    return source


def _element(package: Package, root: Path, template: str) -> ET.Element:
    place, tags = package.path.relative_to(root), package.tags
    element = ET.Element("reapack", name=place.name, type="script", desc=tags["description"])
    metadata = ET.SubElement(element, "metadata")
    ET.SubElement(metadata, "description").text = rtf(tags["about"])
    version = ET.SubElement(element, "version", name=tags["version"], author=tags["author"])
    ET.SubElement(version, "changelog").text = tags["changelog"]
    version.extend(_source(package, file, place, template) for file in package.files)
    return element


def index_of(root: Path, settings: Settings, found: Iterable[Package]) -> bytes:
    """The content of `index.xml`."""
    index = ET.Element("index", version="1", name=settings.name)
    for package in found:
        folder = package.path.relative_to(root).parent.as_posix()
        category = index.find(f"category[@name='{folder}']")
        if category is None:
            category = ET.SubElement(index, "category", name=folder)
        category.append(_element(package, root, settings.url_template))
    ET.indent(index)
    text = ET.tostring(index, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def checked_index(root: Path, template: str | None = None) -> bytes:
    """The index of a repository whose every rule was checked.

    Raises:
        RuleBroken: one is broken.
    """
    settings = read_settings(root)
    if template:
        settings = Settings(settings.name, settings.ignored, template)
    found = packages(root, settings)
    check_nothing_is_left_out(root, settings, found)
    return index_of(root, settings, found)


def main(args: Sequence[str]) -> int:
    """Write or check; 0 where all is well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--url-template", help=f"another than {CONF} has")
    chosen = parser.parse_args(args)
    try:
        content = checked_index(ROOT, chosen.url_template)
    except RuleBroken as broken:
        sys.stderr.write(f"{broken}\n")
        return 1
    path = ROOT / INDEX
    if not chosen.check:
        path.write_bytes(content)
    elif not path.is_file() or path.read_bytes() != content:
        sys.stderr.write(f"{INDEX} is older than the scripts: make reapack\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
