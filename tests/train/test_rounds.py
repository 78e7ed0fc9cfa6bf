import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.train.rounds import choose_rounds

CURVES = st.lists(
    st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array), min_size=2, max_size=6
)


@given(CURVES)
def test_the_own_curve_never_chooses_the_own_rounds(curves: list[np.ndarray]) -> None:
    other = [np.flip(curves[0]), *curves[1:]]
    repeats = [0] * len(curves)

    assert choose_rounds(curves, repeats)[0] == choose_rounds(other, repeats)[0]


@given(CURVES)
def test_no_fold_uses_rounds_it_was_not_trained_for(curves: list[np.ndarray]) -> None:
    chosen = choose_rounds(curves, [0] * len(curves))

    assert all(1 <= rounds <= len(curve) for rounds, curve in zip(chosen, curves, strict=True))


def test_folds_of_other_repeats_are_not_asked() -> None:
    early, late = np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.2, 0.1])

    assert choose_rounds([early, early, late, late], [0, 0, 1, 1]) == (1, 1, 3, 3)


def test_a_single_fold_uses_its_own_best_round() -> None:
    assert choose_rounds([np.array([0.3, 0.1, 0.2])], [0]) == (2,)


@given(CURVES)
def test_a_fold_that_has_predicted_keeps_its_rounds_unless_they_are_clearly_others(
    curves: list[np.ndarray],
) -> None:
    repeats = [0] * len(curves)
    anew = choose_rounds(curves, repeats)
    near = [max(1, round(0.9 * rounds)) for rounds in anew]
    assert choose_rounds(curves, repeats, near) == tuple(near)
    far = [3 * rounds for rounds in anew]
    assert choose_rounds(curves, repeats, far) == anew


@given(CURVES)
def test_what_one_fold_keeps_changes_no_other(curves: list[np.ndarray]) -> None:
    repeats = [0] * len(curves)
    anew = choose_rounds(curves, repeats)
    assert choose_rounds(curves, repeats, anew[:1])[1:] == anew[1:]
