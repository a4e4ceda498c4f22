"""Points for help that is not salesy, on sales calls."""

from __future__ import annotations

from voice_trainer.domain.listening import HelpKind, Listening, MisstepKind, MoveKind
from voice_trainer.domain.measurement import NotScored
from voice_trainer.domain.rubric import CriterionRule
from voice_trainer.domain.score import CriterionScore
from voice_trainer.scoring.build import Tally, withhold

_MISSING = {
    HelpKind.NEED_FIRST: "The offer came before the need was given back.",
    HelpKind.FITTING_OFFER: "The offer is not tied to something the customer said.",
    HelpKind.FEW_OPTIONS: "One or two options are enough.",
    HelpKind.PERMISSION: "Ask whether you may suggest something.",
    HelpKind.EASY_NO: "Make it easy to say no.",
}
_FOUND = {
    HelpKind.NEED_FIRST: "The need came first.",
    HelpKind.FITTING_OFFER: "The offer answers what the customer said.",
    HelpKind.FEW_OPTIONS: "You kept the choice small.",
    HelpKind.PERMISSION: "You asked before suggesting.",
    HelpKind.EASY_NO: "You made it easy to say no.",
}
_MISSTEPS = {
    MisstepKind.URGENCY: "Time pressure sounds like selling.",
    MisstepKind.EXAGGERATION: "This promises more than anyone can know.",
    MisstepKind.FEATURE_LIST: "A list of features answers nothing the customer asked.",
    MisstepKind.UNFIT_OFFER: "This answers nothing the customer said.",
}


def judge_helpfulness(listening: Listening, rule: CriterionRule) -> CriterionScore:
    """Need first, a fitting offer, few options, leave asked, an easy no; no pressure."""
    offered = any(move.kind is MoveKind.OFFER for move in listening.moves)
    if not offered and not any(m.kind in _MISSTEPS for m in listening.missteps):
        why = NotScored("nothing_offered", "Nothing was suggested yet.", "Suggest once the need is clear.")
        return withhold(rule, why)
    tally = Tally(rule)
    for sign in listening.help:
        if sign.found:
            tally.praise(_FOUND[sign.kind], sign.heard)
        else:
            tally.lose(rule.numbers[sign.kind], _MISSING[sign.kind], sign.heard)
    for misstep in listening.missteps:
        if misstep.kind in _MISSTEPS:
            tally.lose(rule.numbers[misstep.kind], _MISSTEPS[misstep.kind], misstep.heard)
    return tally.finish()
