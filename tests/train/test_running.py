from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sites import Site

from automl_cli.core.deadline import Deadline
from automl_cli.core.events import PASSING, Event
from automl_cli.run.session import record_events
from automl_cli.store import RunDirectory
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.jobs import run_jobs


def running(site: Site) -> list[Event]:
    return [event for event in site.events if event.kind == "running"]


def test_every_fit_is_told_while_it_runs_and_nothing_is_left_at_the_end(site: Site) -> None:
    with ThreadPoolExecutor(2) as executor:
        list(cross_fit(site.problem, site.plan(), site.execution(executor)))

    told = running(site)
    tasks = [task for event in told for task in event.fields["tasks"]]
    seen = {(task["key"], task["does"], task["fold"]) for task in tasks}
    assert seen == {
        (spec.key, does, fold)
        for spec in site.specs
        for does in ("fit", "predict")
        for fold in range(3)
    }
    assert max(len(event.fields["tasks"]) for event in told) == 2
    assert told[0].fields["next"] == [site.specs[1].key]
    assert told[-1].fields["tasks"] == told[-1].fields["next"] == []


def test_after_its_first_fold_a_candidate_is_expected_to_take_as_long_again(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=1)))
    first = site.specs[0].key
    fits = [
        task
        for event in running(site)
        for task in event.fields["tasks"]
        if task["key"] == first and task["does"] == "fit"
    ]
    seconds = [event.fields["seconds"] for event in site.events if event.kind == "fitted"]
    assert [fits[0]["expected_seconds"], fits[1]["expected_seconds"]] == [None, seconds[0]]


def test_jobs_are_told_too(site: Site) -> None:
    with ThreadPoolExecutor(1) as executor:
        jobs = {"a": (str, ()), "b": (str, ()), "c": (str, ())}
        list(run_jobs(jobs, site.execution(executor, workers=1), Deadline(None)))
    told = [([t["key"] for t in e.fields["tasks"]], e.fields["next"]) for e in running(site)]
    assert told == [(["a"], ["b", "c"]), (["b"], ["c"]), (["c"], []), ([], [])]


def test_what_passes_is_shown_and_not_stored(tmp_path: Path) -> None:
    shown: list[Event] = []
    run = RunDirectory(tmp_path)
    listen = record_events(run, shown.append)
    for kind in (*sorted(PASSING), "working"):
        listen(Event(kind=kind, fields={}))
    assert [event.kind for event in shown] == ["best", "running", "stage", "working"]
    assert [event["kind"] for event in run.read_events()] == ["working"]
