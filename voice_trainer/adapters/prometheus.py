"""Figures for Prometheus, read from the database when asked: every process tells the same of the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from voice_trainer.domain.judging import QueueHealth

Measure = Callable[[], tuple["QueueHealth", int, int]]


class _Figures(Collector):
    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def collect(self) -> Iterator[Metric]:
        """Gauges of now."""
        queue, free_bytes, total_bytes = self._measure()
        jobs = GaugeMetricFamily("voice_trainer_jobs", "Judgements by state.", labels=["state"])
        for state, count in queue.counts.items():
            jobs.add_metric([state.value], count)
        yield jobs
        seconds = GaugeMetricFamily(
            "voice_trainer_stage_seconds", "Mean seconds of a stage over the last hour.", labels=["stage"]
        )
        for stage, mean_s in queue.mean_seconds.items():
            seconds.add_metric([stage.value], mean_s)
        yield seconds
        yield _gauge("queue_age_seconds", "Age of the oldest judgement that waits.", queue.oldest_waiting_s)
        yield _gauge("judged_last_hour", "Judgements made in the last hour.", queue.judged_last_hour)
        if queue.mean_reliability is not None:
            yield _gauge("transcript_reliability", "Mean over the last hour, 0 to 1.", queue.mean_reliability)
        yield _gauge("disk_free_bytes", "Free where the data folder is.", free_bytes)
        yield _gauge("disk_total_bytes", "Size of that disk.", total_bytes)


def exposition(measure: Measure) -> bytes:
    """The text that Prometheus reads."""
    return generate_latest(_registry(measure))


def serve(measure: Measure, *, port: int, address: str = "127.0.0.1") -> int:
    """Answer on a port until the process ends; returns the port (0 takes a free one)."""
    server, _ = start_http_server(port, addr=address, registry=_registry(measure))
    return int(server.server_port)


def _registry(measure: Measure) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Figures(measure))
    return registry


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"voice_trainer_{name}", help_text, value=value)
