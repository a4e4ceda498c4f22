"""Points for what was said back: paraphrase, validation and order."""

from __future__ import annotations

from voice_trainer.domain.listening import (
    EmotionStatus,
    FactFinding,
    FactStatus,
    Listening,
    Misstep,
    MisstepKind,
    MoveKind,
)
from voice_trainer.domain.measurement import Heard, NotScored
from voice_trainer.domain.rubric import CriterionRule
from voice_trainer.domain.scenario import Turn
from voice_trainer.domain.score import CriterionScore
from voice_trainer.scoring.build import Tally, withhold
from voice_trainer.scoring.persons import to_second_person
from voice_trainer.scoring.rubric import along

CALM_EMOTIONS = frozenset({"", "calm", "relieved", "neutral", "grateful", "satisfied", "happy"})

_LEFT_BELOW = 0.5  # reflective form without a scenario: a last question or talk of oneself lies below
_LEFT_WITH_THEM = "It asks, or speaks of yourself, more than it gives back."
_STEPS = [MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK]


def judge_paraphrase(listening: Listening, turn: Turn, rule: CriterionRule) -> CriterionScore:
    """How much of the facts and the wish came back, in own words, unbent."""
    measurements = (listening.copied_share, listening.reflective_form)
    numbers = rule.numbers
    if not listening.facts and listening.wish.status is None and not listening.indicative:
        why = NotScored("no_facts", "The customer stated nothing to give back here.", "Nothing to do.")
        return withhold(rule, why, measurements)
    judged = [f for f in listening.facts if f.status is not FactStatus.UNSURE]
    if not judged and (listening.facts or listening.wish.status is FactStatus.UNSURE):
        why = NotScored(
            "facts_unsure", "The words that decide were not heard clearly.", "Correct the transcript."
        )
        return withhold(rule, why, measurements)
    tally = Tally(rule)
    texts = {fact.id: fact for fact in turn.facts}
    weights = {f.fact_id: texts[f.fact_id].weight if f.fact_id in texts else 1.0 for f in judged}
    form_share = numbers["form"]
    if listening.indicative:
        form_share = along(rule.curves["indicative_form"], len(listening.facts))
    # Where one of wish and facts is not declared its share goes to the other: what was not said is no loss.
    wish_share = 0.0
    if listening.wish.status is not None:
        wish_share = numbers["wish"] if judged else 1.0 - form_share
    fact_share = 100 * (1.0 - form_share - wish_share)
    reflected = [f for f in judged if f.status is FactStatus.REFLECTED]
    if len(reflected) == len(judged) > 1:
        tally.praise(f"You gave back all {len(judged)} facts in your own words.")
    for finding in judged:
        named = texts[finding.fact_id].text if finding.fact_id in texts else finding.fact_id
        named = to_second_person(named) if listening.indicative else named
        _judge_fact(finding, named, fact_share * weights[finding.fact_id] / sum(weights.values()), tally)
    _judge_wish(listening, turn, 100 * wish_share, tally)
    form = listening.reflective_form.value
    if form is not None and form < 1:
        tally.lose(100 * form_share * (1 - form), "It could be said more as a reflection: “So you …, right?”")
    _judge_own_words(listening, tally)
    _cap(listening, tally)
    return tally.finish(measurements)


def _judge_fact(finding: FactFinding, text: str, share: float, tally: Tally) -> None:
    match finding.status:
        case FactStatus.REFLECTED:
            tally.praise(f"You gave back that {text}.", finding.heard)
        case FactStatus.PARTLY:
            tally.lose(
                share * (1 - tally.rule.numbers["partly"]),
                f"You gave back only part of: {text}.",
                finding.heard,
            )
        case FactStatus.MISSED:
            tally.lose(share, f"You did not mention that {text}.")
        case FactStatus.CONTRADICTED:
            detail = finding.note or f"the customer said that {text}"
            tally.lose(share, f"This came back differently: {detail}.", finding.heard)


def _judge_wish(listening: Listening, turn: Turn, share: float, tally: Tally) -> None:
    wish = turn.wish.text if turn.wish else ""
    match listening.wish.status:
        case None | FactStatus.UNSURE:
            return
        case FactStatus.REFLECTED:
            tally.praise(f"You gave back the wish: {wish}.", listening.wish.heard)
        case FactStatus.PARTLY:
            tally.lose(share / 2, f"The wish came back in part: {wish}.", listening.wish.heard)
        case _:
            tally.lose(share, f"You did not say what the customer wants: {wish}.")


def _judge_own_words(listening: Listening, tally: Tally) -> None:
    share = listening.copied_share.value or 0.0
    if (lost := along(tally.rule.curves["copied_share"], share)) > 0:
        tally.lose(lost, f"{share:.0%} of the reply repeats the customer's own wording.", *listening.copied)
    if word_list := _find(listening, MisstepKind.WORD_LIST):
        tally.lose(tally.rule.numbers["word_list"], "These were key words, not sentences.", word_list.heard)


def _cap(listening: Listening, tally: Tally) -> None:
    """A false fact caps the criterion: by subtraction alone an otherwise good reply would still pass."""
    numbers = tally.rule.numbers
    for claim in listening.added:
        tally.lose(numbers["added"], f"The customer never said this: “{claim.text}”.", claim)
    if listening.added:
        tally.cap(numbers["added_cap"], "An invented claim limits the paraphrase.", *listening.added)
    if early := _find(listening, MisstepKind.SOLUTION_FIRST):
        tally.cap(numbers["solution_first_cap"], "It was given back only after a solution.", early.heard)
    false = [f.heard for f in listening.facts if f.status is FactStatus.CONTRADICTED]
    if false:
        tally.cap(numbers["contradicted_cap"], "A fact given back wrongly limits the paraphrase.", *false)


def is_calm(listening: Listening, turn: Turn) -> bool:
    """Whether the customer shows no feeling to answer; without a scenario that is not known."""
    return turn.emotion.lower() in CALM_EMOTIONS and not listening.indicative


def judge_validation(listening: Listening, turn: Turn, rule: CriterionRule) -> CriterionScore:
    """Whether the customer's feeling was named, and not taken back."""
    if is_calm(listening, turn):
        why = NotScored("nothing_to_validate", "The customer is calm here.", "Nothing to do.")
        return withhold(rule, why)
    numbers = rule.numbers
    tally = Tally(rule)
    emotion = listening.emotion
    feeling = turn.emotion or "upset"
    match emotion.status:
        case EmotionStatus.NAMED:
            tally.praise("You named the customer's feeling.", emotion.heard)
        case EmotionStatus.GENERIC if not turn.emotion:
            tally.praise("You answered the feeling.", emotion.heard)
        case EmotionStatus.GENERIC:
            tally.lose(
                100 - numbers["generic"],
                f"You touched on the feeling; name it: the customer sounded {feeling}.",
                emotion.heard,
            )
        case EmotionStatus.NONE if emotion.canned:
            tally.lose(
                100 - numbers["canned"], "A stock phrase stands where the feeling should be.", emotion.heard
            )
        case EmotionStatus.NONE:
            tally.lose(100 - numbers["none"], f"The feeling was passed over: the customer sounded {feeling}.")
    for kind, text in _VALIDATION_MISSTEPS.items():
        if misstep := _find(listening, kind):
            tally.lose(numbers[kind], text, misstep.heard)
    return tally.finish()


_VALIDATION_MISSTEPS = {
    MisstepKind.BLAME: "This puts the fault on the customer.",
    MisstepKind.CALM_DOWN: "Asking someone to calm down tells them that their feeling is the problem.",
    MisstepKind.MINIMISING: "This makes the trouble smaller than it is for the customer.",
    MisstepKind.BUT_AFTER_VALIDATION: "“But” takes the understanding back.",
    MisstepKind.POLICY_SHIELD: "Policy stands between you and the customer here.",
}


def judge_order(listening: Listening, turn: Turn, rule: CriterionRule) -> CriterionScore:
    """Acknowledge, give back, check; only then suggest."""
    calm = is_calm(listening, turn)
    if calm and not listening.facts and turn.wish is None:
        # "All right, thank you": a goodbye asks for no paraphrase, and points lost there would mislead.
        why = NotScored("nothing_to_order", "The customer asks for nothing here.", "Nothing to do.")
        return withhold(rule, why)
    numbers = rule.numbers
    tally = Tally(rule)
    first: dict[MoveKind, Heard] = {}
    for move in listening.moves:
        first.setdefault(move.kind, move.heard)
    unknown = listening.indicative and not turn.emotion
    if MoveKind.ACKNOWLEDGE not in first and not calm and not unknown:
        tally.lose(numbers["no_acknowledge"], "Nothing acknowledges the customer's feeling.")
    if MoveKind.PARAPHRASE not in first:
        tally.lose(numbers["no_paraphrase"], "Nothing gives the customer's words back.")
    if MoveKind.CHECK not in first:
        tally.lose(numbers["no_check"], "You did not check that you understood.")
    if early := _find(listening, MisstepKind.SOLUTION_FIRST):
        tally.lose(numbers["solution_first"], "A solution came before the customer was heard.", early.heard)
    if listening.moves and listening.moves[0].kind is MoveKind.POLICY:
        tally.lose(numbers["policy_first"], "The reply opens with policy.", listening.moves[0].heard)
    form = listening.reflective_form.value
    if _find(listening, MisstepKind.QUESTIONS_ONLY):
        tally.lose(numbers["questions_only"], "Only questions: the customer learns nothing was heard.")
    elif listening.indicative and form is not None and form < _LEFT_BELOW:
        tally.lose(numbers["questions_only"], _LEFT_WITH_THEM)
    if not tally.reasons:
        steps = [MoveKind.PARAPHRASE, MoveKind.CHECK] if calm else _STEPS
        said = "You gave back and checked" if calm else "You acknowledged, gave back and checked"
        at = [list(first).index(step) for step in steps if step in first]
        tally.praise(f"{said}, in that order." if at == sorted(at) else f"{said}.")
    return tally.finish()


def _find(listening: Listening, kind: MisstepKind) -> Misstep | None:
    return next((misstep for misstep in listening.missteps if misstep.kind is kind), None)
