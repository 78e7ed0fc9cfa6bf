from collections.abc import Callable, Sequence
from itertools import permutations

import pytest

from automl_cli.data.classes import EncodedTarget, make_target
from automl_cli.data.options import DataOptions
from automl_cli.data.order import find_label_order, sort_naturally
from automl_cli.data.read import RawTable
from automl_cli.data.scales import SCALES

NUMBERS, SCALE = "by the numbers in them", "a usual scale"
KNOWN: list[tuple[Sequence[str], str]] = [
    (("grade 7", "grade 8", "grade 10"), NUMBERS),
    (("S2", "S10", "S100"), NUMBERS),
    (("1.25 kg", "1.5 kg", "10 kg"), NUMBERS),
    (("<10", "10-20", "20-100", ">100"), NUMBERS),
    (("under 18", "18 to 24", "25 to 64", "65 and over"), NUMBERS),
    (("0-9", "10-19", "20+"), NUMBERS),
    (("-10", "-2", "3 or more"), NUMBERS),
    (("low", "medium", "high"), SCALE),
    (("Low", "High", "Very_High"), SCALE),
    (("LOW", "MODERATE", "CRITICAL"), SCALE),
    (("small", "medium", "large"), SCALE),
    (("XS", "S", "M", "XXL"), SCALE),
    (("poor", "fair", "good", "very good", "excellent"), SCALE),
    (("unacc", "acc", "good", "vgood"), SCALE),
    (("Fair", "Good", "Very Good", "Premium", "Ideal"), SCALE),
    (("No DR", "Mild", "Moderate", "Severe", "Proliferative DR"), SCALE),
    (("Strongly disagree", "Neutral", "Agree"), SCALE),
    (("never", "sometimes", "often", "always"), SCALE),
    (("one", "two", "five"), SCALE),
    (("Stage I", "Stage II", "Stage IV", "Stage IX"), "by the Roman numerals in them"),
    (("A+", "A", "A-", "B", "C+"), "by the letters"),
    (("grade A", "grade B", "grade C"), "by the letters"),
]
UNKNOWN = [
    ("cat", "cow", "dog"),
    ("low", "medium", "blue"),
    ("low", "medium", "high", "unknown"),
    ("mean", "average", "mid"),
    ("medium", "average", "low"),  # two words of one place
    ("cat 1", "dog 2", "cow 3"),
    ("grade 7", "grade 8", "none"),
    ("Yes", "No", "Perhaps"),
    ("1-5", "1 - 5", "6"),
]


@pytest.mark.parametrize(("labels", "reason"), KNOWN, ids=str)
def test_an_order_is_found_whatever_the_labels_come_in(labels: Sequence[str], reason: str):
    for shuffled in list(permutations(labels))[:24]:
        assert find_label_order(shuffled) == (list(labels), reason)


@pytest.mark.parametrize("labels", UNKNOWN, ids=str)
def test_an_order_that_nothing_tells_is_not_made_up(labels: Sequence[str]):
    assert find_label_order(labels) is None


def test_labels_without_numbers_are_in_alphabetical_order():
    labels = ["b", "a", "B", "", "é", "a b"]
    assert sort_naturally(labels) == sorted(labels)


def test_no_word_stands_twice_on_a_scale():
    for scale in SCALES:
        words = [word for place in scale for word in place]
        assert len(words) == len(set(words)) >= 3
        assert all(word == word.strip().casefold() for word in words)


def encode(
    table: Callable[..., RawTable], cells: Sequence[str], **options: object
) -> EncodedTarget:
    text = "y,x\n" + "".join(f"{cell},0\n" for cell in cells)
    return make_target(table(text), "y", DataOptions(**options))  # type: ignore[arg-type]  # options by name


@pytest.mark.parametrize(
    ("cells", "options", "labels", "reason"),
    [
        (("b 10", "b 9", "b 1"), {}, ("b 1", "b 9", "b 10"), ""),
        (("low", "medium", "high"), {}, ("high", "low", "medium"), ""),
        (("low", "medium", "high"), {"ordinal": True}, ("low", "medium", "high"), SCALE),
        (("cat", "dog", "cow"), {"ordinal": True}, ("cat", "cow", "dog"), ""),
        (
            ("cat", "dog", "cow"),
            {"ordinal": True, "order": ("dog", "cat", "cow")},
            ("dog", "cat", "cow"),
            "given",
        ),
        (("cat", "dog", "cow"), {"order": ("dog", "cat", "cow")}, ("dog", "cat", "cow"), "given"),
        (
            ("1", "3", "2"),
            {"wants": "label", "order": ("2", "1", "3")},
            ("2", "1", "3"),
            "given",
        ),
        (("low", "high"), {"order": ("low", "high")}, ("low", "high"), "given"),
        (("low", "high"), {"order": ("low", "high"), "positive": "low"}, ("high", "low"), "given"),
    ],
)
def test_classes_stand_in_their_order(
    table: Callable[..., RawTable],
    cells: Sequence[str],
    options: dict[str, object],
    labels: tuple[str, ...],
    reason: str,
):
    item = encode(table, cells, **options)
    assert (item.target.labels, item.order_reason) == (labels, reason)
    assert item.target.ordered == bool(reason)
    assert not reason or item.target.grades.tolist() == list(range(len(labels)))
    assert [item.target.labels[code] for code in item.encoded] == list(cells)
