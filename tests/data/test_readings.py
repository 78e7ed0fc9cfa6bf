"""What is read otherwise than it looks is told, with the key that overrides it."""

from collections.abc import Callable

import pytest

from automl_cli.data.infer import Inference

Infer = Callable[..., Inference]
N = 60


def facts_of(infer: Infer, cells: list[str], **options: object) -> list[tuple[str, str, str]]:
    rows = "".join(f"{cell};{n % 7};{n % 2}\n" for n, cell in enumerate(cells))
    facts = infer("a;x;y\n" + rows, target=("y",), **options).dataset.schema.facts
    return [fact for fact in facts if fact[0] in {"values read", "codes", "labels"}]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            [f"{n}.5%" for n in range(N)],
            [("values read", "a", "numbers with the unit '%'; data.roles overrides it")],
        ),
        (
            [f"20{n % 20:02}{n % 12 + 1:02}01" for n in range(N)],
            [("values read", "a", "dates written as one number; data.roles overrides it")],
        ),
        (
            [("yes", "no", "1")[n % 3] for n in range(N)],
            [("values read", "a", "yes and no, read as 1 and 0; data.roles overrides it")],
        ),
        (
            [f"{'ABC'[n % 3]}/{n}/{'PS'[n % 2]}" for n in range(N)],
            [
                (
                    "codes",
                    "a.1, a.2, a.3",
                    "parts of the codes in a; data.parts: false switches them off",
                )
            ],
        ),
        ([f"{n}.5" for n in range(N)], []),
        ([f"2021-01-{n % 28 + 1:02}" for n in range(N)], []),
    ],
)
def test_a_reading_that_users_may_not_expect_is_told(
    infer: Infer, cells: list[str], told: list[tuple[str, str, str]]
):
    assert facts_of(infer, cells) == told


def test_the_key_that_is_told_overrides_the_reading(infer: Infer):
    cells = [f"{n}.5%" for n in range(N)]
    assert facts_of(infer, cells, roles={"a": "categorical"}) == []
    codes = [f"{'ABC'[n % 3]}/{n}/{'PS'[n % 2]}" for n in range(N)]
    assert facts_of(infer, codes, parts=False) == []
