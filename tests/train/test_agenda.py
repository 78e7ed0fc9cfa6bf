from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sites import Site

from automl_cli.train.agenda import NO_TIME, Agenda, next_course
from automl_cli.train.course import Course
from automl_cli.train.order import Skipped


@pytest.fixture
def agenda(site: Site) -> Agenda:
    """Return two candidates of which the first is known to be slow."""
    slow, quick = site.specs
    slow = replace(slow, params=(("learning_rate", 0.001),), max_rounds=10_000)
    sets = {slow.key: site.keys[site.specs[0].key], quick.key: site.keys[quick.key]}
    with ThreadPoolExecutor(1) as executor:
        crew = site.crew(executor, seconds=60)
        order = replace(site.order([slow, quick]), feature_sets=sets)
        agenda = Agenda(order, crew, waiting=deque(order.specs), has_begun=True)
    agenda.crew.forecast.costs[slow.model] = [10.0]
    agenda.crew.forecast.round_seconds[slow.model] = 1.0
    return agenda


def test_a_candidate_that_is_too_slow_waits_until_the_others_are_begun(agenda: Agenda) -> None:
    slow, quick = agenda.order.specs
    first, second = next_course(agenda), next_course(agenda)

    assert isinstance(first, Course)
    assert first.spec == quick
    assert second == Skipped(spec=slow, reason=NO_TIME)
    assert next_course(agenda) is None


def test_a_candidate_that_waited_is_begun_if_there_is_time_in_the_end(agenda: Agenda) -> None:
    slow, _ = agenda.order.specs
    next_course(agenda)
    agenda.crew.forecast.round_seconds[slow.model] = 1e-6
    second = next_course(agenda)

    assert isinstance(second, Course)
    assert second.spec == slow


@pytest.mark.parametrize("is_needed", [False, True])
def test_the_last_hope_for_a_submission_is_begun_however_little_time_there_is(
    agenda: Agenda, is_needed: bool
) -> None:
    slow, _ = agenda.order.specs
    agenda.order = replace(agenda.order, specs=[slow], is_needed=is_needed)
    agenda.waiting = deque([slow])
    assert isinstance(next_course(agenda), Course if is_needed else Skipped)


def test_once_a_candidate_is_finished_no_other_is_the_last_hope(agenda: Agenda) -> None:
    slow, _ = agenda.order.specs
    agenda.order = replace(agenda.order, specs=[slow], is_needed=True)
    agenda.waiting, agenda.has_finished = deque([slow]), True
    assert next_course(agenda) == Skipped(spec=slow, reason=NO_TIME)
