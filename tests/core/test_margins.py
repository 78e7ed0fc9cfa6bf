import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.core.margins import make_margins, make_predictions


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=20))
def test_probabilities_survive_the_way_to_margins_and_back(chances: list[float]) -> None:
    p = np.array(chances)[:, None]

    back = make_predictions(make_margins(p, "log_loss"), "log_loss")

    np.testing.assert_allclose(back, p, rtol=1e-9)


def test_class_probabilities_sum_to_one_even_for_huge_margins() -> None:
    p = make_predictions(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]]), "log_loss")

    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert np.isfinite(p).all()


def test_values_are_their_own_margins() -> None:
    values = np.array([[3.0], [-1.0]])

    assert make_predictions(values, "squared_error") is values
    assert make_margins(values, "absolute_error") is values
