"""How listening fares where no reply is labelled good or bad (else: `voice-trainer bench listening`).

Run: ``python -m benchmarks.listening [--prompts DIR] [--pairs FILE.csv] [--facts FILE.tsv] [--speed]
[--without-embeddings]``

``--prompts`` tries the model replies of practice calls, which should all be found reflected, and the
customers' own words, which should be found copied. ``--pairs`` is a CSV with prompt, reply and label
(0 against 1 and 2), judged without a scenario by form and by what came back. ``--facts`` is premise,
hypothesis and e, n or c a line: the hypothesis as a fact with its text alone.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from voice_trainer.domain.listening import FactStatus, MisstepKind
from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn
from voice_trainer.domain.transcript import typed
from voice_trainer.library import load_scenario
from voice_trainer.listening import measure_indicative, measure_listening
from voice_trainer.ports import Embedder
from voice_trainer.practice.trials import auc
from voice_trainer.scoring import load_rubric, score_take


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("prompts", "pairs", "facts"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--without-embeddings", action="store_true")
    parser.add_argument("--sample", type=int, default=600, help="lines of --facts and --pairs tried")
    options = parser.parse_args()
    embedder = None if options.without_embeddings else _embedder()
    if options.prompts:
        report_prompts([load_scenario(path) for path in sorted(options.prompts.glob("*/*.yaml"))], embedder)
    if options.pairs:
        report_pairs(options.pairs, embedder, options.sample)
    if options.facts:
        report_facts(options.facts, embedder, options.sample)
    if options.speed:
        report_speed(embedder)


def _embedder() -> Embedder:
    from voice_trainer.adapters.minilm import MiniLmEmbedder

    return MiniLmEmbedder()


def points(reply: str, turn: Turn, scenario: Scenario, embedder: Embedder | None) -> tuple[int, Any]:
    """``overall.listening`` of a typed reply (0 where nothing could be scored), and the measurements."""
    transcript = typed(reply)
    listening = measure_listening(transcript, turn, scenario=scenario, embedder=embedder)
    score = score_take(
        load_rubric(),
        scenario=scenario,
        turn=turn,
        transcript=transcript,
        delivery=None,
        listening=listening,
    )
    return score.listening_points or 0, listening


def report_prompts(calls: list[Scenario], embedder: Embedder | None) -> None:
    """Model replies should come back whole; the customer's own words should be found copied."""
    facts, wishes, feelings, missteps = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    added = parrots = copied = replies = 0
    totals: list[int] = []
    other = Counter[str]()
    for number, call in enumerate(calls):
        stranger = calls[(number + 7) % len(calls)].opening.model_replies
        for turn in (turn for turn in call.turns if turn.facts):
            for reply in turn.model_replies:
                total, listening = points(reply, turn, call, embedder)
                totals.append(total)
                replies += 1
                facts.update(finding.status for finding in listening.facts)
                wishes.update([listening.wish.status or "-"])
                feelings.update([listening.emotion.status])
                missteps.update(misstep.kind for misstep in listening.missteps)
                added += len(listening.added)
            for reply in stranger[:1]:
                foreign = measure_listening(typed(reply), turn, scenario=call, embedder=embedder)
                other.update(finding.status for finding in foreign.facts)
            parrot = measure_listening(typed(turn.says), turn, scenario=call, embedder=embedder)
            parrots += 1
            copied += any(m.kind is MisstepKind.COPIED for m in parrot.missteps)
    print(f"{len(calls)} practice calls, {replies} model replies")
    for name, counts in (("facts", facts), ("wishes", wishes), ("feelings", feelings)):
        _show_counts(f"  {name}", counts)
    _show_counts("  facts, another call's reply", other)
    print(f"  missteps {dict(missteps)}, added {added}, the customer's words found copied {copied}/{parrots}")
    totals.sort()
    edges = ", ".join(f"{sum(t >= edge for t in totals) / len(totals):.2f} at {edge}+" for edge in (60, 80))
    print(f"  points: median {totals[len(totals) // 2]}, least {totals[0]}; {edges}")


def _show_counts(name: str, counts: Counter[str]) -> None:
    total = sum(counts.values()) or 1
    print(f"{name}: " + ", ".join(f"{key} {value / total:.3f}" for key, value in counts.most_common()))


def report_pairs(path: Path, embedder: Embedder | None, sample: int) -> None:
    """AUC of labels 1 and 2 against 0, without a scenario."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["reply"].strip()]
    random.Random(1).shuffle(rows)
    scored: dict[bool, list[float]] = {True: [], False: []}
    for row in rows[:sample]:
        listening = measure_indicative(typed(row["reply"]), row["prompt"], embedder=embedder)
        scored[row["label"] != "0"].append(indication(listening))
    area = auc(scored[True], scored[False])
    shown = "-" if area is None else f"{area:.3f}"
    print(f"pairs: AUC {shown} ({len(scored[True])} to {len(scored[False])})")


def indication(listening: Any) -> float:
    """One number for a reply without a scenario: form first, then what was given back."""
    given = [finding.status for finding in listening.facts]
    reflected = sum({FactStatus.REFLECTED: 1.0, FactStatus.PARTLY: 0.5}.get(status, 0.0) for status in given)
    share = reflected / len(given) if given else 0.0
    return float((listening.reflective_form.value or 0.0) + 0.3 * share)


def report_facts(path: Path, embedder: Embedder | None, sample: int) -> None:
    """Fact status where the author gave nothing but the fact's text, by label or kind (a fourth column)."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(rows)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    names = {"e": "follows", "n": "neither", "c": "contradicts"}
    for premise, hypothesis, gold, *kind in rows[:sample]:
        turn = Turn("t", hypothesis, facts=(Fact("f", hypothesis),))
        call = Scenario("s", 1, "t", "x", "en-GB", CallKind.COMPLAINT, 1, (turn,))
        finding = measure_listening(typed(premise), turn, scenario=call, embedder=embedder).facts[0]
        found[kind[0] if kind else names[gold]][finding.status] += 1
    for name, counts in sorted(found.items()):
        _show_counts(f"facts, text only, {name}", counts)


def report_speed(embedder: Embedder | None) -> None:
    """Warm and cold cost of one 60-word reply against four facts."""
    says = (
        "I ordered a sofa nine weeks ago and it never came. I have rung you four times and nobody rings "
        "back. I took Monday off work for nothing. You charged me forty pounds for delivery."
    )
    facts = tuple(
        Fact(f"f{number}", sentence.strip()) for number, sentence in enumerate(says.split(".")) if sentence
    )
    turn = Turn("t", says, emotion="angry", facts=facts)
    call = Scenario("s", 1, "t", "x", "en-GB", CallKind.COMPLAINT, 1, (turn,))
    times = []
    for run in range(7):
        reply = (
            f"So it is {run + 2} times now that you have called, the sofa you bought nine weeks ago is "
            "still not there, no one returned your calls, and you lost a Monday at work waiting at home "
            "for it. On top of that we took forty pounds for a delivery that never happened. No wonder "
            "you are angry with us."
        )
        start = time.perf_counter()
        measure_listening(typed(reply), turn, scenario=call, embedder=embedder)
        times.append(time.perf_counter() - start)
    print(f"speed: first {times[0] * 1e3:.0f} ms, then median {sorted(times[1:])[3] * 1e3:.0f} ms a reply")


if __name__ == "__main__":
    main()
