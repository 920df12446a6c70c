"""Requests and variations as JSON, and back: integers as they were, nothing rounded, nothing left out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.music.note import Clip, Meter, MeterChange, Note, Role
from bridge.request import Kind, Request, Variation

if TYPE_CHECKING:
    from collections.abc import Mapping


def format_request(request: Request) -> str:
    """The request as JSON."""
    return _format(
        {
            "kind": request.kind.value,
            "clips": _clips_body(request.clips),
            "length": request.length,
            "variations": request.variations,
            "rng_seed": request.rng_seed,
            "model": request.model,
            "options": dict(request.options),
            "tempo_bpm": request.tempo_bpm,
            "avoid": [_clips_body(clips) for clips in request.avoid],
        }
    )


def parse_request(text: str) -> Request:
    """The request that `format_request` wrote.

    Raises:
        ValueError, KeyError, TypeError, MacNetError: the text is not what was written.
    """
    body = json.loads(text)
    # Takes of before there was anything to avoid say nothing of it.
    avoid = tuple(_parse_clips(clips) for clips in body.get("avoid", ()))
    clips = _parse_clips(body["clips"])
    return Request(**{**body, "kind": Kind(body["kind"]), "clips": clips, "avoid": avoid})


def primer_digest(request: Request) -> str:
    """The same for all requests of one kind with the same notes in the same meter, whatever the clips are called.

    Empty where there are no notes to go on from.
    """
    clips = {role: replace(clip, name="") for role, clip in sorted(request.clips.items()) if clip.notes}
    if not clips:
        return ""
    return hashlib.sha256(_format({"kind": request.kind.value, **_clips_body(clips)}).encode()).hexdigest()


def format_variation(variation: Variation) -> str:
    """The variation as JSON."""
    return _format({"index": variation.index, "clips": _clips_body(variation.clips)})


def parse_variation(text: str) -> Variation:
    """The variation that `format_variation` wrote.

    Raises:
        ValueError, KeyError, TypeError, MacNetError: the text is not what was written.
    """
    body = json.loads(text)
    return Variation(body["index"], _parse_clips(body["clips"]))


def _format(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"))


def _clips_body(clips: Mapping[Role, Clip]) -> dict[str, Any]:
    return {role.value: _clip_body(clip) for role, clip in clips.items()}


def _parse_clips(body: dict[str, Any]) -> dict[Role, Clip]:
    return {Role(role): _parse_clip(clip) for role, clip in body.items()}


def _clip_body(clip: Clip) -> dict[str, Any]:
    return {
        "notes": [[note.onset, note.pitch, note.duration, note.velocity] for note in clip.notes],
        "length": clip.length,
        "meters": [[c.at, c.meter.numerator, c.meter.denominator] for c in clip.meters],
        "name": clip.name,
    }


def _parse_clip(body: dict[str, Any]) -> Clip:
    meters = tuple(MeterChange(at, Meter(top, bottom)) for at, top, bottom in body["meters"])
    return Clip(tuple(Note(*note) for note in body["notes"]), body["length"], meters, body["name"])
