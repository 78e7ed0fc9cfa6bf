"""What a candidate is, in a few words."""

from dataclasses import replace

import pytest

from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, ParamValue, Step
from automl_cli.models import MODELS
from automl_cli.models.description import describe_candidate

OWN = MODELS.get("lightgbm").recipe


def make_spec(*added: Step, recipe: FeatureRecipe = OWN, **params: ParamValue) -> CandidateSpec:
    return CandidateSpec(
        target="y",
        model="lightgbm",
        recipe=(*recipe, *added),
        params=tuple(MODELS.get("lightgbm").make_params("binary", params).items()),
        seed=0,
        max_rounds=10_000,
        patience=100,
        n_threads=1,
    )


CROSSES, DIGITS = Step("crosses", (), top=30), Step("digits", (), top=30)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (make_spec(), "default features"),
        (make_spec(num_leaves=24), "default features"),  # the default
        (
            make_spec(Step("target_mean"), CROSSES, learning_rate=0.03, num_leaves=31),
            "target means, crosses (≤ 30); learning_rate .03, 31 leaves",
        ),
        (make_spec(CROSSES, DIGITS), "crosses, digits"),
        (make_spec(CROSSES, replace(DIGITS, top=100)), "crosses (≤ 30), digits (≤ 100)"),
        (
            make_spec(*(Step(name, (), top=30) for name in ("a", "b", "c", "d"))),
            "4 groups of generated columns (≤ 30 each)",
        ),
        (
            make_spec(recipe=tuple(step for step in OWN if step.name != "native")),
            "no categories",
        ),
        (
            make_spec(Step("exact_value", (("max_share", 0.1),)), extra_trees=True),
            "exact values (max_share .1); extra_trees",
        ),
        (
            make_spec(lambda_l1=1, lambda_l2=3, max_bin=63, num_leaves=5),
            "default features; 5 leaves, lambda_l1 1, 2 more",
        ),
        (replace(make_spec(), max_rounds=100), "default features; at most 100 rounds"),
        (replace(make_spec(), original=0.5), "default features; original rows (weight .5)"),
        (replace(make_spec(C=3.0), model="gone", recipe=()), None),
    ],
)
def test_what_differs_from_the_defaults_is_told(spec: CandidateSpec, told: str | None) -> None:
    described = describe_candidate(spec, "binary")
    if told is None:  # a model that is not installed any more has no defaults to compare with
        assert described == "default features; learning_rate .04, 24 leaves, 6 more"
    else:
        assert described == told


def test_candidates_with_other_defaults_for_their_task_are_compared_with_these() -> None:
    assert describe_candidate(make_spec(), "regression") == "default features; 24 leaves"
