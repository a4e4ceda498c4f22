"""What a reply gave back, on one complaint with every kind of reply."""

from __future__ import annotations

import pytest

from voice_trainer.domain.listening import EmotionStatus, FactStatus, HelpKind, MisstepKind, MoveKind
from voice_trainer.domain.scenario import CallKind, Fact, Offer, Scenario, Turn, Wish
from voice_trainer.domain.transcript import Transcript, Word, typed
from voice_trainer.listening import measure_indicative, measure_listening
from voice_trainer.listening.claims import is_negated
from voice_trainer.listening.lexicon import lexicon_for
from voice_trainer.listening.quantities import find_quantities, parse_value
from voice_trainer.listening.text import tokens_of_text

FACTS = (
    Fact(
        "late",
        "the coffee machine was ordered three weeks ago and has not arrived",
        contrary="the coffee machine arrived on time",
        keys=(("coffee machine", "coffee maker"), ("arrive", "deliver", "turn up", "come")),
        values=("3 weeks",),
        confusable=("washing machine",),
    ),
    Fact(
        "day-off",
        "they took a day off work on Tuesday and nobody came",
        contrary="the driver came on Tuesday as promised",
        keys=(("day off", "time off", "stayed home"), ("nobody", "no one", "came", "driver")),
        values=("tuesday",),
    ),
)
TURN = Turn(
    "opening",
    "I ordered a coffee machine three weeks ago and it still hasn't arrived. Last Tuesday I took a whole day "
    "off work to wait in and nobody came. I'm fed up. I just want to know when it's coming.",
    emotion="frustrated",
    accept_emotions=("fed up",),
    wish=Wish("know when the coffee machine is coming"),
    facts=FACTS,
)
CALL = Scenario("late", 1, "Late", "retail", "en-GB", CallKind.COMPLAINT, 2, (TURN,))
GOOD = (
    "So the coffee maker you bought three weeks ago never turned up, and on Tuesday you took a day off for "
    "nothing because no one came. That must be really frustrating. You want to know when it will come, "
    "is that right?"
)


def measure(text: str, *, turn: Turn = TURN, call: Scenario = CALL):
    return measure_listening(typed(text), turn, scenario=call)


def statuses(text: str) -> dict[str, FactStatus]:
    return {finding.fact_id: finding.status for finding in measure(text).facts}


def kinds(text: str) -> set[MisstepKind]:
    return {misstep.kind for misstep in measure(text).missteps}


def test_good_reply_gives_everything_back() -> None:
    listening = measure(GOOD)
    assert [finding.status for finding in listening.facts] == [FactStatus.REFLECTED] * 2
    assert listening.facts[0].heard is not None
    assert "coffee maker" in listening.facts[0].heard.text
    assert listening.emotion.status is EmotionStatus.NAMED
    assert not listening.missteps
    assert not listening.added
    assert [move.kind for move in listening.moves] == [
        MoveKind.PARAPHRASE,
        MoveKind.ACKNOWLEDGE,
        MoveKind.PARAPHRASE,
        MoveKind.CHECK,
    ]


@pytest.mark.parametrize(
    "said",
    [
        "So you waited eight weeks for the coffee machine and it has not arrived.",
        "So your washing machine, three weeks on, has not arrived.",
        "So your coffee machine arrived on time three weeks ago.",
    ],
)
def test_bent_fact_is_contradicted(said: str) -> None:
    assert statuses(said)["late"] is FactStatus.CONTRADICTED


def test_contradiction_names_both_values() -> None:
    finding = measure("The coffee machine has not arrived in eight weeks.").facts[0]
    assert "eight weeks" in finding.note
    assert "3 weeks" in finding.note


@pytest.mark.parametrize(
    "value", ["three weeks", "3 weeks", "21 days", "about three weeks", "nearly 3 weeks"]
)
def test_same_value_said_otherwise_is_right(value: str) -> None:
    assert (
        statuses(f"Your coffee machine was ordered {value} ago and has not arrived.")["late"]
        is FactStatus.REFLECTED
    )


def test_deadline_in_an_offer_is_no_wrong_value() -> None:
    reply = GOOD + " I will get it to you by Friday, within two weeks at most."
    assert FactStatus.CONTRADICTED not in {f.status for f in measure(reply).facts}


def machine(text: str, *, doubtful: str, probability: float) -> Transcript:
    words = tuple(
        Word(part, 0.4 * i, 0.4 * i + 0.3, probability if part == doubtful else 0.97)
        for i, part in enumerate(text.split())
    )
    return Transcript(text, words, "test", "-", 0.9)


def test_misheard_value_is_unsure_and_asked_back() -> None:
    reply = machine(
        "your coffee machine ordered eight weeks ago has not arrived", doubtful="eight", probability=0.3
    )
    finding = measure_listening(reply, TURN, scenario=CALL).facts[0]
    assert finding.status is FactStatus.UNSURE
    assert "we heard eight weeks" in finding.note


def test_clearly_heard_wrong_value_is_contradicted_at_its_time() -> None:
    reply = machine(
        "your coffee machine ordered eight weeks ago has not arrived", doubtful="-", probability=1
    )
    finding = measure_listening(reply, TURN, scenario=CALL).facts[0]
    assert finding.status is FactStatus.CONTRADICTED
    assert finding.heard is not None
    assert finding.heard.start_s == pytest.approx(0.0)
    assert finding.heard.end_s == pytest.approx(3.9)


def test_word_that_sounds_like_a_key_counts_when_the_recogniser_doubts_it() -> None:
    text = "three weeks and the copy machine has not arrived"
    unsure = measure_listening(machine(text, doubtful="copy", probability=0.5), TURN, scenario=CALL)
    assert unsure.facts[0].status is FactStatus.REFLECTED


def test_carried_fact_is_not_missed() -> None:
    listening = measure_listening(
        typed("You want to know when it is coming."), TURN, scenario=CALL, carried=frozenset({"day-off"})
    )
    assert listening.facts[1].status is FactStatus.REFLECTED


def test_parrot_is_copied_also_with_swapped_pronouns() -> None:
    swapped = TURN.says.replace("I'm", "You're").replace(" I ", " you ")
    for parrot in (TURN.says, swapped):
        listening = measure(parrot)
        assert listening.copied_share.value is not None
        assert listening.copied_share.value > 0.8
        assert MisstepKind.COPIED in {m.kind for m in listening.missteps}


def test_things_and_numbers_given_back_are_no_copy() -> None:
    assert measure("For three weeks no coffee machine, and a wasted Tuesday.").copied_share.value == 0


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("You should have checked the address.", MisstepKind.BLAME),
        ("Please calm down.", MisstepKind.CALM_DOWN),
        ("At least it was not lost.", MisstepKind.MINIMISING),
        ("Our policy says thirty days.", MisstepKind.POLICY_SHIELD),
        ("That must be frustrating, but there is a queue.", MisstepKind.BUT_AFTER_VALIDATION),
        ("I'll send a replacement today.", MisstepKind.SOLUTION_FIRST),
        ("What is your postcode? Which shop was it?", MisstepKind.QUESTIONS_ONLY),
        ("coffee machine weeks order arrive tuesday day work nobody date", MisstepKind.WORD_LIST),
        ("We are sorry for any inconvenience.", MisstepKind.CANNED),
    ],
)
def test_misstep_is_found_with_its_words(said: str, kind: MisstepKind) -> None:
    found = [misstep for misstep in measure(said).missteps if misstep.kind is kind]
    assert found
    assert found[0].heard is not None
    assert found[0].heard.text in said


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("You sound fed up.", EmotionStatus.NAMED),
        ("How annoying that is.", EmotionStatus.NAMED),
        ("You must be worried.", EmotionStatus.GENERIC),
        ("No wonder.", EmotionStatus.GENERIC),
        ("I completely understand how you feel.", EmotionStatus.NONE),
        ("I'm frustrated too.", EmotionStatus.NONE),
        ("There is no need to get annoyed.", EmotionStatus.NONE),
        ("Thank you, please hold.", EmotionStatus.NONE),
    ],
)
def test_feeling(said: str, status: EmotionStatus) -> None:
    assert measure(said).emotion.status is status


def test_canned_phrase_is_marked() -> None:
    assert measure("I'm so sorry to hear that.").emotion.canned


def test_invented_value_is_added() -> None:
    added = measure(GOOD.replace("You want", "You paid four hundred pounds for it. You want")).added
    assert any("four hundred pounds" in heard.text for heard in added)


def test_spoken_reply_without_punctuation() -> None:
    spoken = (
        "um so you you ordered the coffee machine uh three weeks ago it hasn't arrived "
        "that must be frustrating"
    )
    listening = measure(spoken)
    assert listening.facts[0].status is FactStatus.REFLECTED
    assert listening.emotion.status is EmotionStatus.NAMED


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "ok",
        "12 34 56",
        "<b>hello</b> &amp;",
        "\x00\x07 \u202e",
        "Guten Tag, wie kann ich helfen?",
        "お待たせ",
        "...",
    ],
)
def test_odd_input_gives_back_nothing_and_does_not_fail(said: str) -> None:
    listening = measure(said)
    assert {finding.status for finding in listening.facts} <= {FactStatus.MISSED, FactStatus.PARTLY}
    assert listening.emotion.status is EmotionStatus.NONE


def test_empty_reply_is_withheld_not_zero() -> None:
    listening = measure("um, uh")
    assert listening.withheld is not None
    assert listening.copied_share.value is None


def test_five_thousand_words() -> None:
    assert measure(GOOD + " and so on" * 1_700).facts[0].status is FactStatus.REFLECTED


def test_without_scenario_is_indicative() -> None:
    good = measure_indicative(typed(GOOD), TURN.says)
    poor = measure_indicative(typed("Can I take your order number?"), TURN.says)
    assert good.indicative
    assert len(good.facts) >= 2
    assert sum(f.status is not FactStatus.MISSED for f in good.facts) > sum(
        f.status is not FactStatus.MISSED for f in poor.facts
    )


SALES_TURN = Turn(
    "opening",
    "Our kitchen is tiny and I drink two cups a day. I don't want to spend a fortune.",
    emotion="unsure",
    wish=Wish("find a machine that fits a tiny kitchen"),
    facts=(Fact("tiny", "the kitchen is tiny", keys=(("kitchen",), ("tiny", "small", "space"))),),
)
SALES = Scenario(
    "coffee",
    1,
    "Coffee",
    "retail",
    "en-GB",
    CallKind.SALES,
    2,
    (SALES_TURN,),
    offers=(Offer("slim capsule machine", ("tiny",)), Offer("six-group bar machine", ())),
)


def test_helpful_suggestion() -> None:
    listening = measure(
        "So you have a tiny kitchen and need something small. Is that right? "
        "May I suggest a slim capsule machine? It's fine to say no.",
        turn=SALES_TURN,
        call=SALES,
    )
    assert {f.kind for f in listening.help if f.found} == set(HelpKind)
    assert not listening.missteps


def test_salesy_suggestion() -> None:
    listening = measure(
        "I can give you the six-group bar machine, the best on the market, but only today, so decide now.",
        turn=SALES_TURN,
        call=SALES,
    )
    found = {misstep.kind for misstep in listening.missteps}
    assert {MisstepKind.URGENCY, MisstepKind.EXAGGERATION, MisstepKind.UNFIT_OFFER} <= found
    assert not any(f.found for f in listening.help if f.kind in {HelpKind.NEED_FIRST, HelpKind.EASY_NO})


@pytest.mark.parametrize(
    "reply", ["you bought three you ago", "three, and it never came", "nine the hundred"]
)
def test_number_whose_unit_was_lost_contradicts_nothing(reply: str) -> None:
    expected = parse_value("nine hundred pounds" if "hundred" in reply else "three weeks")
    assert expected is not None
    heard = find_quantities(tokens_of_text(reply).items)
    assert heard
    assert all(quantity.unit_lost(expected) for quantity in heard)
    other = find_quantities(tokens_of_text("eight you ago").items)[0]
    assert not other.unit_lost(expected)
    assert not find_quantities(tokens_of_text("eight days").items)[0].unit_lost(expected)


def test_no_between_subject_and_verb_denies_nothing() -> None:
    lexicon = lexicon_for("en-GB")
    expected = {"you no slept there": False, "you never slept there": True, "with no sleep there": True}
    denied = {text: is_negated(tokens_of_text(text), 2, floor=0, lexicon=lexicon) for text in expected}
    assert denied == expected


def test_without_a_scenario_a_question_leaves_the_work_with_the_customer() -> None:
    complaint = "I usually drink when I am home from work."
    told, checked, asked = (
        measure_indicative(typed(reply), complaint).reflective_form.value or 0.0
        for reply in (
            "So you drink to unwind after work.",
            "So you drink to unwind after work. Have I got that right?",
            "So you drink to unwind after work. What else do you do at home?",
        )
    )
    assert asked < 0.5
    assert asked < checked
    assert asked < told


@pytest.mark.parametrize(
    ("thing", "status"),
    [
        ("husband", FactStatus.REFLECTED),
        ("other half", FactStatus.REFLECTED),
        ("brother", FactStatus.CONTRADICTED),
        ("neighbour", FactStatus.CONTRADICTED),
    ],
)
def test_another_of_the_same_kind_is_wrong_without_being_declared(thing: str, status: FactStatus) -> None:
    fact = Fact("home", "her husband came home from hospital on Sunday")
    turn = Turn("opening", "My husband came home from hospital on Sunday.", facts=(fact,))
    call = Scenario("h", 1, "Cold", "energy", "en-GB", CallKind.COMPLAINT, 2, (turn,))
    reply = typed(f"So your {thing} came home from hospital on Sunday.")
    assert measure_listening(reply, turn, scenario=call).facts[0].status is status


def test_no_thing_shares_its_stem_with_a_verb_of_service_talk() -> None:
    verbs = tokens_of_text(
        "I account book box charge check fill hear match operate order phone play ring rise save watch"
    )
    things = {phrase for kind in lexicon_for("en-GB").things for one in kind for phrase in one}
    assert not things & {(stem,) for stem in verbs.stems}


def test_the_relatives_of_the_customer_are_no_stand_ins() -> None:
    fact = Fact("bike", "the bike for the granddaughter's birthday came with a cracked frame")
    turn = Turn("opening", "I bought a bike for my granddaughter and it is cracked.", facts=(fact,))
    call = Scenario("h", 1, "Bike", "retail", "en-GB", CallKind.COMPLAINT, 2, (turn,))
    reply = typed("So her grandad chose a bike for her birthday and the frame came cracked.")
    assert measure_listening(reply, turn, scenario=call).facts[0].status is FactStatus.REFLECTED
