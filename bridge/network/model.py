"""MAC-Net, the Melody and Accompaniment Composer Network, on one page.

A GRU (the core) reads beat words and metre; its state before a beat is all that the past has to say about it.
For each voice in turn, the melody first and the accompaniment knowing it, a beat's word comes from a mixture:

    p(word) = p(new) x p(spelled so) + sum over earlier beats j of p(j) x [the word of j is this word]

p(new) and the p(j) are one softmax: a pointer over the song so far (pointer sentinel mixture, Merity et al. 2016),
whose logits see queries and keys of the core's states, how long the music has run along with the music before j,
how alike the two have been of late, how many bars back j lies, and how welcome that many beats back is to the core
now (as in Transformer-XL, Dai et al. 2019). A new word is chosen from a dictionary of frequent ones in one softmax,
or, where that says so, spelled symbol by symbol by a small GRU; both are told what a second pointer finds, which
looks for the rhythm of earlier beats whatever their pitches: music keeps its groove longer than its notes.

Shapes: B songs, T beats, V voices, U distinct words, N notes of all of them, W words in a dictionary, S symbols in a
spelling.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from bridge.beats.vocabulary import LAST
from bridge.beats.word import parse_word
from bridge.network.batch import note_table
from bridge.network.features import (
    DISTANCE_BUCKETS,
    LIKENESS_DECAYS,
    LOOKBACKS,
    RUN_BUCKET_OF,
    RUN_BUCKETS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.config import NetworkConfig

LOOKBACK_SIZE = 96
METRE_SIZE = 64
LAG_SIZE = 32
GROOVE_WEIGHT = 0.3
"""How much it counts in training that the second pointer finds the rhythm of each beat."""
NEW_RHYTHM = -4.0
"""Nats of the right rhythm where that pointer says that it is none of those before: one of some fifty."""


class Spellings(NamedTuple):
    """`where` (n): song x beats + beat of each spelling; `symbols` (n, S), -1 where over."""

    where: Tensor
    symbols: Tensor


class Notes(NamedTuple):
    """The notes of U words: pitch, onset, end, articulated of each, and the number of its word."""

    rows: Tensor  # N 4
    owners: Tensor  # N
    words: int  # U


class Inputs(NamedTuple):
    """A `network.batch.Batch` as tensors; see there for what each field holds."""

    notes: Notes
    words: Tensor  # B V T
    rhythms: Tensor  # U
    is_beat: Tensor  # B T
    metre: Tensor  # B T C
    lookback: Tensor  # B T L
    runs: Tensor  # B V T T
    grooves: Tensor  # B V T T; B V 0 0 for a network without
    distances: Tensor  # B T T
    known: Tensor  # B V
    choices: Tensor  # B V T
    spelled: Sequence[Sequence[Spellings]]
    practised: Sequence[Sequence[Spellings]]


class WordEmbedding(nn.Module):
    """A word is the sum of its notes, each of which is a sum of what it is; so no word is unknown."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.pitch = nn.Embedding(129, size)
        self.pitch_class = nn.Embedding(12, size)
        self.onset = nn.Embedding(LAST + 1, size)
        self.end = nn.Embedding(LAST + 1, size)
        self.articulated = nn.Embedding(3, size)
        self.out = nn.Linear(size, size)

    def forward(self, notes: Notes) -> Tensor:  # -> U E
        """The embedding of each word."""
        pitch, onset, end, articulated = notes.rows.unbind(-1)
        summed = self.pitch(pitch) + self.pitch_class(pitch % 12) + self.onset(onset) + self.end(end)
        each = functional.relu(summed + self.articulated(articulated))  # N E
        whole = each.new_zeros(notes.words, each.shape[1]).index_add(0, notes.owners, each)
        embedded: Tensor = self.out(whole)
        return embedded


class RhythmEmbedding(nn.Module):
    """A word's rhythm is the sum of when its notes sound, whatever their pitches."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.onset = nn.Embedding(LAST + 1, size)
        self.end = nn.Embedding(LAST + 1, size)
        self.articulated = nn.Embedding(3, size)
        self.out = nn.Linear(size, size)

    def forward(self, notes: Notes) -> Tensor:  # -> U G
        """The embedding of each word's rhythm."""
        _, onset, end, articulated = notes.rows.unbind(-1)
        each = functional.relu(self.onset(onset) + self.end(end) + self.articulated(articulated))  # N G
        whole = each.new_zeros(notes.words, each.shape[1]).index_add(0, notes.owners, each)
        embedded: Tensor = self.out(whole)
        return embedded


class Heard(NamedTuple):
    """What has been heard of some sort of sameness: the words themselves, or their rhythms."""

    vectors: Tensor  # B V T E
    same: Tensor  # B V T T
    likeness: Tensor  # B V*D T T
    runs: Tensor  # B V T T


class Evidence(NamedTuple):
    """What tells the pointer that a passage is coming back."""

    runs: Tensor  # B V T T, of the voices before this one with this beat included
    likeness: Tensor  # B V*D T T
    same: Tensor  # B voice T T: of the voices before this one, whether this beat's words are alike
    distances: Tensor  # B T T


class Pointer(nn.Module):
    """Where in the song so far the next word of one voice may stand already; or nowhere (the last column)."""

    def __init__(self, config: NetworkConfig, voice: int) -> None:
        super().__init__()
        context = config.core_size + voice * config.word_size
        self.query = nn.Linear(context, config.key_size)
        self.key = nn.Linear(context, config.key_size)
        self.new = nn.Linear(context, 1)
        self.run = nn.Parameter(torch.zeros(config.voices, RUN_BUCKETS))
        self.joint = nn.Parameter(torch.zeros(RUN_BUCKETS))
        self.best = nn.Parameter(torch.zeros(RUN_BUCKETS))
        self.distance = nn.Parameter(torch.zeros(DISTANCE_BUCKETS))
        if config.likeness_size:
            decays = config.voices * len(LIKENESS_DECAYS)
            self.alike = nn.Linear(decays + config.voices + voice, config.likeness_size)
            self.weigh = nn.Linear(config.likeness_size, 1, bias=False)
            self.unlike = nn.Linear(decays, 1, bias=False)
        if config.lags:
            self.lag_query = nn.Linear(context, LAG_SIZE)
            self.lag = nn.Parameter(torch.randn(config.lags, LAG_SIZE) * 0.1)
            self.lag_bias = nn.Parameter(torch.zeros(config.lags))
        self.config = config
        self.register_buffer("bucket", torch.tensor(RUN_BUCKET_OF), persistent=False)

    bucket: Tensor

    def forward(self, context: Tensor, evidence: Evidence) -> Tensor:  # -> B T T+1
        """The log-probability that the next word is that of each beat, and that it is new."""
        query, key = self.query(context), self.key(context)  # B T K
        logits = query @ key.transpose(1, 2) * key.shape[-1] ** -0.5  # B T T
        buckets = self.bucket[evidence.runs]  # B V T T
        for voice, table in enumerate(self.run):
            logits = logits + _entry(table, buckets[:, voice])
        joint = reduce(torch.minimum, buckets.unbind(1))  # B T T; many times faster here than amin
        logits = logits + _entry(self.joint, joint) + _entry(self.distance, evidence.distances)
        earlier = torch.ones_like(joint[0], dtype=torch.bool).tril(-1)
        new = self.new(context) + _entry(self.best, (joint * earlier).amax(2)).unsqueeze(-1)  # B T 1
        if self.config.likeness_size:
            logits = logits + self._weighed(evidence)
            new = new + self.unlike((evidence.likeness * earlier).amax(3).transpose(1, 2))
        if self.config.lags:
            logits = logits + self._by_lag(context)
        return torch.cat([logits.masked_fill(~earlier, -1e9), new], 2).log_softmax(-1)

    def _weighed(self, evidence: Evidence) -> Tensor:  # -> B T T
        runs = torch.log1p(evidence.runs.float())
        seen = torch.cat([evidence.likeness, runs, evidence.same.float()], 1).permute(0, 2, 3, 1)
        weighed: Tensor = self.weigh(torch.tanh(self.alike(seen))).squeeze(-1)
        return weighed

    def _by_lag(self, context: Tensor) -> Tensor:  # -> B T T
        beats = torch.arange(context.shape[1], device=context.device)
        lags = (beats.unsqueeze(1) - beats).clamp(0, self.config.lags - 1)  # T T
        welcome: Tensor = self.lag_query(context) @ self.lag.t() + self.lag_bias  # B T lags
        return welcome.gather(2, lags.expand(len(context), -1, -1))


def plan_width(config: NetworkConfig, voice: int) -> int:
    """What a new word is planned from: the core's state, the words before it in its beat, and what is recalled."""
    return config.core_size + (voice + 1) * config.word_size + config.groove_size


class WordChooser(nn.Module):
    """A word of one voice's dictionary in one softmax, whose last place stands for all words that are not in it.

    A word is known both by itself and by its notes, so that rare ones profit from what is known of frequent ones.
    """

    def __init__(self, config: NetworkConfig, voice: int) -> None:
        super().__init__()
        size = config.chooser_size
        words = len(config.dictionary[voice])
        self.plan = nn.Linear(plan_width(config, voice), size)
        self.of_notes = nn.Linear(config.word_size, size, bias=False)
        self.own = nn.Parameter(torch.randn(words + 1, size) * 0.05)
        self.often = nn.Parameter(torch.zeros(words + 1))
        self.dropout = nn.Dropout(config.dropout)
        rows, owners = note_table([parse_word(text) for text in config.dictionary[voice]])
        self.register_buffer("rows", torch.from_numpy(rows), persistent=False)
        self.register_buffer("owners", torch.from_numpy(owners), persistent=False)

    rows: Tensor
    owners: Tensor

    def forward(self, plan_inputs: Tensor, embed: WordEmbedding) -> Tensor:  # B T P -> B T W+1
        """The log-probability of each word of the dictionary, and that the word is not in it."""
        planned = self.dropout(torch.tanh(self.plan(plan_inputs)))
        notes = Notes(self.rows, self.owners, len(self.often) - 1)
        by_notes = functional.pad(self.of_notes(embed(notes)), (0, 0, 0, 1))  # W+1 C
        logits = planned @ (self.own + by_notes).t() + self.often
        chances: Tensor = logits.float().log_softmax(-1)
        return chances


class WordSpeller(nn.Module):
    """A GRU that spells one word of one voice, symbol by symbol, given what the core expects of the beat."""

    def __init__(self, config: NetworkConfig, voice: int) -> None:
        super().__init__()
        size = config.speller_size
        self.plan = nn.Linear(plan_width(config, voice), size)
        self.start = nn.Linear(size, size)
        self.symbol = nn.Embedding(config.symbols + 1, config.symbol_size)  # the last: nothing spelled yet
        self.gru = nn.GRU(config.symbol_size + size, size, batch_first=True)
        self.out = nn.Linear(size, config.symbols)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, plans: Tensor, symbols: Tensor) -> Tensor:  # n P, n S -> n
        """The log-probability of each spelling."""
        first = torch.full_like(symbols[:, :1], self.symbol.num_embeddings - 1)
        before = torch.cat([first, symbols[:, :-1].clamp(min=0)], 1)  # n S
        given = plans.unsqueeze(1).expand(-1, symbols.shape[1], -1)  # n S P
        inputs = torch.cat([self.dropout(self.symbol(before)), given], 2)
        states, _ = self.gru(inputs, torch.tanh(self.start(plans)).unsqueeze(0))  # n S H
        logits = self.out(self.dropout(states))
        lost = functional.cross_entropy(logits.transpose(1, 2), symbols, ignore_index=-1, reduction="none")
        return -lost.sum(1)


class MacNet(nn.Module):
    """The whole network; `forward` gives the log-likelihood of every beat of every voice, in nats."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        size = config.word_size * config.voices
        self.word = WordEmbedding(config.word_size)
        self.nothing = nn.Parameter(torch.zeros(size))  # stands before the first beat
        self.metre = nn.ModuleList(nn.Embedding(values, METRE_SIZE) for values in config.metre)
        lookbacks = len(LOOKBACKS) + len(config.lookbacks)
        self.lookback = nn.ModuleList(nn.Linear(size, LOOKBACK_SIZE) for _ in range(lookbacks))
        read = size + METRE_SIZE + LOOKBACK_SIZE * lookbacks * config.memory
        self.core = nn.GRU(read, config.core_size, batch_first=True)
        self.pointers = nn.ModuleList(Pointer(config, voice) for voice in range(config.voices))
        if config.groove_size:
            self.rhythm = RhythmEmbedding(config.groove_size)
        grooves = range(config.voices if config.groove_size else 0)
        self.grooves = nn.ModuleList(Pointer(config, voice) for voice in grooves)
        choosers = range(config.voices if config.dictionary else 0)
        self.choosers = nn.ModuleList(WordChooser(config, voice) for voice in choosers)
        self.spellers = nn.ModuleList(WordSpeller(config, voice) for voice in range(config.voices))
        self.dropout = nn.Dropout(config.dropout)
        for name, weight in self.named_parameters():
            if "weight_hh" in name:  # what a state says is not lost on its way (Saxe et al. 2014)
                for gate in weight.chunk(3):
                    nn.init.orthogonal_(gate)

    def forward(self, inputs: Inputs) -> Tensor:  # -> B V T
        """The log-probability of each beat's word; 0 where padded, and for voices that are not known."""
        return self.likelihoods(inputs)[0]

    def likelihoods(self, inputs: Inputs) -> tuple[Tensor, Tensor]:  # -> B V T, B V T
        """The log-probability of each beat's word, and of what is practised beside it; 0 elsewhere.

        Practised are spellings of some words of the dictionary, and finding each beat's rhythm among earlier ones.
        """
        words = _rows(self.word(inputs.notes), inputs.words)  # B V T E
        states = self.dropout(self.core(self._read(words, inputs))[0])  # B T H
        heard = [self._heard(words, inputs.words, inputs.runs)]
        if self.config.groove_size:
            rhythms = _rows(self.rhythm(inputs.notes), inputs.words)  # B V T G
            heard.append(self._heard(rhythms, inputs.rhythms[inputs.words], inputs.grooves))
        pairs = [self._voice(voice, states, heard, inputs) for voice in range(self.config.voices)]
        scored = inputs.is_beat.unsqueeze(1) * inputs.known.unsqueeze(2)
        said, practised = (torch.stack(each, 1) for each in zip(*pairs, strict=True))
        return said * scored, practised * scored

    def _heard(self, vectors: Tensor, numbers: Tensor, runs: Tensor) -> Heard:
        same = numbers.unsqueeze(3) == numbers.unsqueeze(2)  # B V T T
        likeness = _likeness(same) if self.config.likeness_size else same[:, :0].float()
        return Heard(vectors, same, likeness, runs)

    def _read(self, words: Tensor, inputs: Inputs) -> Tensor:
        """What the core reads at each beat: the words before it, its metre, and the words of bars ago."""
        lines = self.dropout(words.transpose(1, 2).flatten(2))  # B T V*E
        before = torch.cat([self.nothing.expand(len(lines), 1, -1), lines[:, :-1]], 1)
        metre = sum(table(column) for table, column in zip(self.metre, inputs.metre.unbind(-1), strict=True))
        parts = [before, metre]
        if self.config.memory:
            rows = torch.arange(len(lines), device=lines.device).unsqueeze(1)
            for linear, back in zip(self.lookback, inputs.lookback.unbind(-1), strict=True):
                parts.append(linear(lines[rows, back.clamp(min=0)]) * (back >= 0).unsqueeze(-1))
        return torch.cat(parts, 2)

    def _voice(
        self, voice: int, states: Tensor, heard: Sequence[Heard], inputs: Inputs
    ) -> tuple[Tensor, Tensor]:  # -> B T, B T
        words = heard[0].vectors
        context = torch.cat([states, *words[:, :voice].unbind(1)], 2)  # B T H+voice*E
        if not self.config.memory:
            return self._new(voice, torch.cat([context, torch.zeros_like(words[:, voice])], 2), inputs)
        logs, recalled, copied = self._pointed(self.pointers[voice], voice, context, heard[0], inputs)
        plan_inputs, learned = [context, recalled], torch.zeros_like(copied)
        for rhythms in heard[1:]:
            places, followed, kept = self._pointed(self.grooves[voice], voice, context, rhythms, inputs)
            plan_inputs.append(followed)
            learned = GROOVE_WEIGHT * torch.logaddexp(places[:, :, -1] + NEW_RHYTHM, kept)
        new, practised = self._new(voice, torch.cat(plan_inputs, 2), inputs)
        return torch.logaddexp(logs[:, :, -1] + new, copied), practised + learned

    @staticmethod
    def _pointed(
        pointer: nn.Module, voice: int, context: Tensor, heard: Heard, inputs: Inputs
    ) -> tuple[Tensor, Tensor, Tensor]:  # -> B T T+1, B T E, B T
        """Where a pointer points, what it finds there, and how likely it makes what really stands in each beat."""
        now = (heard.runs + 1) * heard.same  # B V T T: this beat included
        runs = torch.cat([now[:, :voice], heard.runs[:, voice:]], 1)
        evidence = Evidence(runs, heard.likeness, heard.same[:, :voice], inputs.distances)
        with torch.autocast(
            context.device.type, enabled=False
        ):  # its logits differ by less than bfloat16 tells
            logs = pointer(context.float(), evidence)  # B T T+1
        found = logs[:, :, :-1].exp() @ heard.vectors[:, voice].float()  # B T E
        return logs, found, logs[:, :, :-1].masked_fill(~heard.same[:, voice], -1e9).logsumexp(2)

    def _new(self, voice: int, plan_inputs: Tensor, inputs: Inputs) -> tuple[Tensor, Tensor]:  # -> B T, B T
        """What is said of each beat's word as a new one, and of the spellings that are practised."""
        spelled = self._spelled(voice, plan_inputs, inputs, inputs.spelled[voice])
        practised = self._spelled(voice, plan_inputs.detach(), inputs, inputs.practised[voice])
        if not self.config.dictionary:
            return spelled, practised
        chosen: Tensor = self.choosers[voice](plan_inputs, self.word)  # B T W+1
        where = inputs.choices[:, voice].remainder(chosen.shape[2])  # -1: the last place
        return chosen.gather(2, where.unsqueeze(2)).squeeze(2) + spelled, practised

    def _spelled(
        self, voice: int, plan_inputs: Tensor, inputs: Inputs, groups: Sequence[Spellings]
    ) -> Tensor:  # -> B T
        speller = self.spellers[voice]
        assert isinstance(speller, WordSpeller)  # noqa: S101  a ModuleList forgets its members' type
        plans = torch.tanh(speller.plan(plan_inputs)).flatten(0, 1)  # B*T P
        result = torch.zeros(len(plans), device=plans.device)
        for where, symbols in groups:
            result = result.index_put((where,), speller(plans[where], symbols).float())
        return result.view(inputs.is_beat.shape)


def _entry(table: Tensor, index: Tensor) -> Tensor:
    """`table[index]`, for few entries that are asked for often: a GPU would add up their gradients one by one."""
    if index.device.type == "cpu":
        return table[index]
    return functional.one_hot(index, len(table)).to(table.dtype) @ table


def _rows(table: Tensor, index: Tensor) -> Tensor:
    return table.index_select(0, index.flatten()).view(*index.shape, -1)


@torch.no_grad()
def _likeness(same: Tensor) -> Tensor:  # B V T T -> B V*D T T
    """`features.next_likeness` over a whole song; at [t, j] what is known of the beats before t and before j."""
    decays = torch.tensor(LIKENESS_DECAYS, device=same.device).view(1, 1, -1, 1, 1)  # 1 1 D 1 1
    likeness = functional.pad(same[..., :-1, :-1].unsqueeze(2) * (1 - decays), (1, 0, 1, 0))  # B V D T T
    beats = 1
    while beats < same.shape[2]:  # each time over twice as many beats as before
        before = decays**beats * likeness[..., :-beats, :-beats]
        likeness[..., beats:, beats:] += before
        beats *= 2
    return likeness.flatten(1, 2)
