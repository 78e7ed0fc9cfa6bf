from dataclasses import replace

import pytest
from sites import Site

from automl_cli.models import MODELS
from automl_cli.search.rates import fit_rate, least_seconds
from automl_cli.train.forecast import Forecast, find_rate

MOST = MODELS.get("lightgbm").most_rate

RATE = 0.03
PLAIN = ("lightgbm", False)  # without generated columns


@pytest.fixture
def forecast() -> Forecast:
    """Return what is known of a booster that needs 100 s at a rate of .03."""
    return Forecast(round_seconds={PLAIN: 0.1}, costs={PLAIN: [3.0]})


@pytest.mark.parametrize("seconds", [5.0, 20.0, 50.0, 90.0])
def test_the_rate_is_as_large_as_the_time_asks_for(
    site: Site, forecast: Forecast, seconds: float
) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", RATE),), max_rounds=10_000)
    rate = find_rate(fit_rate(spec, seconds, forecast))
    assert rate is not None
    assert RATE < rate <= MOST
    assert rate == MOST or 3.0 / rate <= 1.05 * seconds
    assert rate < 1.35 * 3.0 / seconds


def test_with_time_enough_a_candidate_stays_as_it_is(site: Site, forecast: Forecast) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", RATE),), max_rounds=10_000)
    assert fit_rate(spec, 101.0, forecast) is spec
    assert fit_rate(spec, 0.1, Forecast()) is spec  # nothing is known


def test_like_budgets_give_like_candidates(site: Site, forecast: Forecast) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", RATE),), max_rounds=10_000)
    assert fit_rate(spec, 41.0, forecast).key == fit_rate(spec, 42.0, forecast).key


def test_the_least_time_is_that_of_the_largest_rate(site: Site, forecast: Forecast) -> None:
    spec = replace(site.specs[0], params=(("learning_rate", RATE),), max_rounds=10_000)
    assert least_seconds(spec, forecast) == pytest.approx(3.0 / MOST)


def test_a_network_takes_no_steps_of_a_booster(site: Site) -> None:
    spec = replace(site.specs[0], model="mlp", params=(("learning_rate", 0.002),), max_rounds=60)
    forecast = Forecast(round_seconds={("mlp", False): 1.0}, costs={("mlp", False): [0.1]})
    found = fit_rate(spec, 0.5, forecast)
    assert find_rate(found) == MODELS.get("mlp").most_rate < MOST
