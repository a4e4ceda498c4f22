"""Could a small entailment model hear what is bent? An experiment: nothing of it is part of the program.

Run: ``python -m benchmarks.entailment --pairs own_facts.tsv cad_train.tsv --train open.jsonl sealed.jsonl
--test unseen.jsonl [--epochs 2] [--limit 30000] [--in-turn]``

A cross-encoder starts from the MiniLM weights and is trained to tell what follows (e), neither (n) and what
contradicts (c): on ``--pairs`` (premise, hypothesis, label; tab-separated) and on the facts of ``--train``
(labelled replies). A reply's fact is read as the rules read it: the words they found for it against the
fact's text. Then it is a second witness on ``--test``: of the facts that the rules heard and did not call
contradicted, how many that are does it find, and how many that are not, at each height of the bar.
With ``--in-turn`` the tables come first and the labelled replies after them, with some pairs of the first
table, so that what was learnt of its author's wording is not lost.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from voice_trainer.adapters.minilm import MiniLmEmbedder, find_model_folder
from voice_trainer.domain.listening import FactStatus
from voice_trainer.domain.transcript import typed
from voice_trainer.library import load_scenario
from voice_trainer.listening import measure_listening
from voice_trainer.practice.trials import auc

LABELS = ("e", "n", "c")
WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
LONGEST = 96  # tokens of a pair
BATCH = 32
KEPT = 1500  # pairs of the first table that are learnt again beside the labelled replies
AS_LABEL = {"reflected": "e", "contradicted": "c"}
BARS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said, what is asked about it, and how both stand."""

    premise: str
    hypothesis: str
    label: str


class CrossEncoder(nn.Module):
    """MiniLM's encoder over both texts at once, its mean put into three classes."""

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(weights["embeddings.word_embeddings.weight"], freeze=True)
        self.places = nn.Parameter(weights["embeddings.position_embeddings.weight"][:LONGEST].clone())
        self.sides = nn.Parameter(weights["embeddings.token_type_embeddings.weight"].clone())
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm.load_state_dict(_part(weights, "embeddings.LayerNorm."))
        self.layers = nn.ModuleList(_layer(weights, f"encoder.layer.{n}.") for n in range(LAYERS))
        self.head = nn.Linear(WIDTH, len(LABELS))

    def forward(self, ids: torch.Tensor, sides: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Scores of the classes, shape ``(pairs, 3)``."""
        hidden = self.norm(self.words(ids) + self.places[: ids.shape[1]] + self.sides[sides])
        for layer in self.layers:
            hidden = layer(hidden, src_key_padding_mask=~mask)
        weight = mask.unsqueeze(-1).float()
        scores: torch.Tensor = self.head((hidden * weight).sum(1) / weight.sum(1))
        return scores


def _part(weights: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _layer(weights: dict[str, torch.Tensor], prefix: str) -> nn.TransformerEncoderLayer:
    """One layer of BERT as torch has it."""
    part = _part(weights, prefix)
    layer = nn.TransformerEncoderLayer(
        WIDTH, HEADS, INNER, dropout=0.1, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    )
    joined = {
        f"self_attn.in_proj_{kind}": torch.cat(
            [part[f"attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
        )
        for kind in ("weight", "bias")
    }
    renamed = {
        "self_attn.out_proj": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for ours, theirs in renamed.items():
        joined |= {f"{ours}.{kind}": part[f"{theirs}.{kind}"] for kind in ("weight", "bias")}
    layer.load_state_dict(joined)
    return layer


def read_pairs(path: Path) -> list[Pair]:
    """From a table of premise, hypothesis and label; further columns are not read."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [Pair(*row[:3]) for row in rows if len(row) >= 3 and row[2] in LABELS]


def heard_facts(path: Path, prompts: Path, embedder: MiniLmEmbedder) -> Iterator[tuple[Pair, bool]]:
    """Each fact that the rules heard in a labelled reply, and whether they called it contradicted."""
    calls = {call.id: call for call in map(load_scenario, sorted(prompts.glob("*/*.yaml")))}
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        call = calls[said["scenario"]]
        turn = call.turn(said["turn"]) or call.opening
        found = measure_listening(typed(said["reply"]), turn, scenario=call, embedder=embedder)
        texts = {fact.id: fact.text for fact in turn.facts}
        for fact in found.facts:
            label = said["facts"].get(fact.fact_id)
            if label is not None and fact.heard is not None:
                pair = Pair(fact.heard.text, texts[fact.fact_id], AS_LABEL.get(label, label))
                yield pair, fact.status is FactStatus.CONTRADICTED


def batches(pairs: Sequence[Pair], tokenizer: Tokenizer) -> Iterator[tuple[list[int], Any]]:
    """Places of the pairs and their tensors, pairs of like length together."""
    encoded = tokenizer.encode_batch([(pair.premise, pair.hypothesis) for pair in pairs])
    order = sorted(range(len(pairs)), key=lambda at: len(encoded[at].ids))
    groups = [order[first : first + BATCH] for first in range(0, len(order), BATCH)]
    random.shuffle(groups)
    for group in groups:
        longest = max(len(encoded[at].ids) for at in group)
        ids = torch.zeros(len(group), longest, dtype=torch.long)
        sides = torch.zeros_like(ids)
        mask = torch.zeros_like(ids, dtype=torch.bool)
        for row, at in enumerate(group):
            length = len(encoded[at].ids)
            ids[row, :length] = torch.tensor(encoded[at].ids)
            sides[row, :length] = torch.tensor(encoded[at].type_ids)
            mask[row, :length] = True
        yield group, (ids, sides, mask)


def train(model: CrossEncoder, pairs: list[Pair], tokenizer: Tokenizer, *, epochs: int) -> None:
    """By AdamW, the rate falling to nothing."""
    steps = epochs * -(-len(pairs) // BATCH)
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-4, total_steps=steps, pct_start=0.1)
    wrong = nn.CrossEntropyLoss()
    done, began_s, loss_sum = 0, time.monotonic(), 0.0
    model.train()
    for _ in range(epochs):
        for group, tensors in batches(pairs, tokenizer):
            truth = torch.tensor([LABELS.index(pairs[at].label) for at in group])
            loss = wrong(model(*tensors), truth)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rate.step()
            done, loss_sum = done + 1, loss_sum + loss.item()
            if done % 100 == 0:
                spent_s = time.monotonic() - began_s
                print(f"  step {done} of {steps}, loss {loss_sum / 100:.3f}, {spent_s:.0f} s", flush=True)
                loss_sum = 0.0


@torch.no_grad()
def contradiction(model: CrossEncoder, pairs: Sequence[Pair], tokenizer: Tokenizer) -> np.ndarray:
    """How surely each pair contradicts, 0..1."""
    model.eval()
    sure = np.zeros(len(pairs))
    for group, tensors in batches(pairs, tokenizer):
        sure[group] = torch.softmax(model(*tensors), -1)[:, LABELS.index("c")].numpy()
    return sure


def main() -> None:
    """Train, then try it on replies it never saw."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--pairs", type=Path, nargs="*", default=[])
    options.add_argument("--train", type=Path, nargs="*", default=[])
    options.add_argument("--test", type=Path, required=True)
    options.add_argument("--prompts", type=Path, default=Path("prompts"))
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--limit", type=int, default=10_000, help="pairs of each table, at random")
    options.add_argument("--weigh", type=int, default=3, help="how often a labelled reply counts")
    options.add_argument("--in-turn", action="store_true", help="the tables first, then the labelled replies")
    asked = options.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    folder = find_model_folder()
    embedder = MiniLmEmbedder()
    tables = [read_pairs(path) for path in asked.pairs]
    for table in tables:
        random.shuffle(table)
    pairs = [pair for table in tables for pair in table[: asked.limit]]
    facts = [
        pair
        for path in asked.train
        for pair, _ in heard_facts(path, asked.prompts, embedder)
        if pair.label in LABELS
    ] * asked.weigh
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_length=LONGEST)
    tokenizer.no_padding()
    weights = {name: torch.tensor(np.asarray(value)) for name, value in embedder._weights.items()}
    model = CrossEncoder(weights)
    for lesson in [pairs, facts + pairs[:KEPT]] if asked.in_turn else [pairs + facts]:
        print(f"{len(lesson)} pairs: { {one: sum(p.label == one for p in lesson) for one in LABELS} }")
        train(model, lesson, tokenizer, epochs=asked.epochs)
    tested = list(heard_facts(asked.test, asked.prompts, embedder))
    report([pair for pair, _ in tested], [by for _, by in tested], model, tokenizer)


def report(pairs: list[Pair], by_rules: list[bool], model: CrossEncoder, tokenizer: Tokenizer) -> None:
    """As a witness alone, and as a second one beside the rules."""
    sure = contradiction(model, pairs, tokenizer)
    bent = np.array([pair.label == "c" for pair in pairs])
    rules = np.array(by_rules)
    area = auc(list(sure[bent]), list(sure[~bent]))
    print(f"{len(pairs)} facts heard, {bent.sum()} of them contradicted: AUC {area:.3f}")
    print(f"the rules find {(rules & bent).sum()}, falsely {(rules & ~bent).sum()}")
    for bar in BARS:
        more = (sure >= bar) & ~rules
        print(f"  from {bar:.2f}: finds {(more & bent).sum()} more, falsely {(more & ~bent).sum()} more")


if __name__ == "__main__":
    main()
