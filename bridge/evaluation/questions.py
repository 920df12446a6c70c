"""The questions that cases put to a composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.evaluation.continuations import VARIATIONS, Answer
from bridge.evaluation.continuations import Kind as AnswerKind
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.composer import Composer
    from bridge.evaluation.cases import Case
    from bridge.music.note import Clip, Role
    from bridge.request import OptionValue


def answers_of(
    composer: Composer, model: str, options: Mapping[str, OptionValue]
) -> dict[AnswerKind, Answer]:
    """How a composer answers: with the options that a user would give, and with the key off unless they say it."""
    found = {AnswerKind.MODEL: answer_of(composer, model, options)}
    if "key" not in options:
        found[AnswerKind.FREE] = answer_of(composer, model, {**options, "key": "off"})
    return found


def answer_of(composer: Composer, model: str, options: Mapping[str, OptionValue]) -> Answer:
    """Variations of eight bars, the rng seed being the case's number."""

    def answer(case: Case, number: int) -> list[Mapping[Role, Clip]]:
        request = Request(Kind.CONTINUE, case.primer, case.length, VARIATIONS, number, model, options)
        return [variation.clips for variation in composer.compose(request)]

    return answer
