"""Where a call stands, as the page needs it."""

from __future__ import annotations

from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.call import follow_call, in_order
from voice_trainer.practice.customer import line_now
from voice_trainer.web.schemas import CallStateOut


def call_state(attempt: Attempt) -> CallStateOut:
    """Follows from the takes; nothing is kept between requests."""
    call = follow_call(attempt)
    turn, takes = call.upcoming, in_order(attempt)
    return CallStateOut(
        attempt=attempt.id,
        turn=turn.id if turn else None,
        says=line_now(attempt, turn)[0].says if turn else None,
        asks_again=call.asks_again,
        temperature=call.temperature,
        temperatures=list(call.temperatures),
        last_take=takes[-1].id if takes else None,
    )
