"""What producers, engravers and archives call their tracks, in the languages that we have met."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from bridge.music.note import Role

if TYPE_CHECKING:
    from collections.abc import Collection


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: Mapping[Role, frozenset[str]] = {
    Role.DRUMS: _words(
        """
        drum drums drumkit drumset percussion perc percs kick snare hihat hihats hat hats hh clap claps cymbal
        cymbals crash toms shaker tambourine conga congas bongo bongos cajon 808
        schlagzeug trommel trommeln batterie percussions bateria percusion batteria percussione percussioni
        percussao slagwerk slagverk trummor trommer rummut perkusja bici ударные барабаны
        """
    ),
    Role.MELODY: _words(
        """
        melody melodies mel lead leads ld vocal vocals vox voc voice voices topline hook tune theme solo
        melodie gesang singstimme stimme thema chant voix melodia canto voce tema voz melodi sang zang laulu
        glas spiew zpev superius cantus мелодия голос вокал
        """
    ),
    Role.ACCOMPANIMENT: _words(
        """
        accompaniment accomp accompany acc acmp chord chords chd chds harmony harmonies backing comp comping pad
        pads bass bs bassline sub rhythm arp arpeggio continuo lh
        begleitung begl akkord akkorde harmonie accompagnement accord accords basse accompagnamento accordi basso
        armonia acompanamiento acordes acompanhamento bajo baixo harmonia begeleiding akkoorden bas ackompanjemang
        ackord akkompagnement akkorder saestys soinnut akompaniament akordy doprovod
        аккомпанемент аккорды бас
        """  # noqa: RUF001  Russian for bass
    ),
}
_PHRASES: Mapping[Role, tuple[str, ...]] = {
    Role.DRUMS: ("ドラム", "打楽器", "鼓", "드럼"),
    Role.MELODY: ("メロディ", "旋律", "ボーカル", "歌", "人声", "主唱", "멜로디", "보컬"),
    Role.ACCOMPANIMENT: (
        *("left hand", "linke hand", "main gauche", "mano izquierda", "mano sinistra", "mao esquerda"),
        *("伴奏", "コード", "和音", "和弦", "ベース", "贝斯", "貝斯", "반주", "코드", "베이스"),
    ),
}

_PITCHED_DRUMS = ("steel drum", "steeldrum")
"""Called drums, and played in tune."""


class NamedRole(NamedTuple):
    """A role that a name tells, and the part of the name that tells it."""

    role: Role
    said: str


def role_of_name(name: str) -> NamedRole | None:
    """The role that a track's name gives away; None when it gives none, or two that contradict each other.

    Case, accents and digits at the end of a word do not matter. Drums win over pitched roles (`Bass Drum`), but a
    steel drum plays notes.
    """
    plain = _plain(name)
    said = {role: word for role in _WORDS if (word := _said(plain, role))}
    if Role.DRUMS in said and not any(word in plain for word in _PITCHED_DRUMS):
        return NamedRole(Role.DRUMS, said[Role.DRUMS])
    said.pop(Role.DRUMS, None)
    return NamedRole(*next(iter(said.items()))) if len(said) == 1 else None


def _said(plain: str, role: Role) -> str:
    words = re.split(r"[\W_]+", plain)
    return _first(_PHRASES[role], plain) or next((w for w in words if _bare(w) in _WORDS[role]), "")


def _bare(word: str) -> str:
    """`drums2` is as good as `drums`; `808` is a word of its own."""
    return word.rstrip("0123456789") or word


def _first(phrases: Collection[str], text: str) -> str:
    return next((phrase for phrase in phrases if phrase in text), "")


def _plain(name: str) -> str:
    """Lower case without accents, `LeadVox` in two words; scripts other than Latin keep their marks."""
    parted = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFC", name))
    letters = unicodedata.normalize("NFKD", parted.casefold().replace("ł", "l").replace("ø", "o"))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", letters))
