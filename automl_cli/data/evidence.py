"""What the sample's cells say about a target: labels or probabilities, and how labels are spelled.

A text is a label. Two classes or more that are numbers are labels, for a file of probabilities
holds one number in every row; one such class in every row may be either. So are several whole
numbers that are no classes (1 and 2 for 0 and 1), though classes are then written as in train.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Holding, Target
from automl_cli.core.errors import DataError
from automl_cli.data.formats import find_format
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable
from automl_cli.data.text_columns import BOOLEANS, MISSING, mask_missing

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CELLS = 10_000  # distinct ones; labels are fewer
CASES: tuple[Callable[[str], str], ...] = (
    str.strip, str.lower, str.upper, str.capitalize, str.title, lambda label: f"{float(label):.1f}"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEvidence:
    """What the cells of a target's column of the sample are.

    Parameters
    ----------
    holds
        See `Sample`.
    spelled
        The classes as a submission spells them, in code order; none: as train does.
    facts
        What there is to tell, as (what, value, reason).
    """

    holds: Holding = "nothing"
    spelled: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


def read_evidence(
    sample: RawTable, column: str, target: Target, options: DataOptions
) -> SampleEvidence:
    """Return what the cells of the sample's `column` say about the classes of `target`.

    Raises
    ------
    DataError
        If a text is no class while others are, or `options.spelling` asks for what is not shown.
    """
    import pyarrow.compute as pc

    if target.task == "regression":
        return SampleEvidence()
    cells = find_cells(sample, column)
    texts, numbers = cells.to_pylist(), parse_numbers(pc.utf8_trim_whitespace(cells))
    if not texts:
        return SampleEvidence(holds="empty")
    codes = _match(texts, numbers, target.labels)
    if set(codes) == {None}:  # 0,5 and 50% are no classes
        numbers = read_shown(cells)
    if np.isnan(numbers).any():
        _check_texts(sample, column, texts, codes, target.labels)
        holds: Holding = "labels"
    else:
        holds = _weigh(codes, numbers, target.labels)
    if holds != "labels":
        return SampleEvidence(holds=holds)
    spelled = _format(sample, column, texts, codes, (target, options))
    return SampleEvidence(
        holds=holds, spelled=spelled, facts=_describe(texts, codes, (target, options), spelled)
    )


def read_shown(cells: "pa.Array") -> FloatVector:
    """Return the numbers that the sample shows, with other marks or per cent too: 0,5 and 50%."""
    form, numbers = find_format(cells, np.ones(len(cells), dtype=np.int64))
    return numbers / 100 if form.units[:1] == (("%", 1.0),) else numbers


def find_cells(sample: RawTable, column: str) -> "pa.Array":
    """Return the distinct cells of a column, without missing ones."""
    import pyarrow.compute as pc

    return pc.drop_null(mask_missing(sample.cells(column).unique()[:MOST_CELLS], MISSING))


def _match(texts: Sequence[str], numbers: FloatVector, labels: Sequence[str]) -> list[int | None]:
    """Return the code of the class that each text is, if spelling is all that may differ."""
    exact = {label: code for code, label in enumerate(labels)}
    ways: list[dict[object, int]] = [
        _unique(labels, lambda label: label.strip()),
        _unique(labels, lambda label: label.strip().casefold()),
        _unique(labels, _number),
        _unique(labels, lambda label: BOOLEANS.get(label.strip().casefold())),
    ]
    if len(labels) == 2 and all(_number(label) is None for label in labels) and not ways[3]:
        ways[2] = {0.0: 0, 1.0: 1}
    found = []
    for text, number in zip(texts, numbers.tolist(), strict=True):
        plain = text.strip()
        said = BOOLEANS.get(f"{number:.0f}" if number in {0, 1} else plain.casefold())
        keys = (plain, plain.casefold(), number, said)
        near = (way[key] for way, key in zip(ways, keys, strict=True) if key in way)
        found.append(exact.get(text, next(near, None)))
    return found


def _unique(labels: Sequence[str], plain: Callable[[str], object]) -> dict[object, int]:
    """Return the code of each label by its plain form; nothing unless all differ in it."""
    forms = {plain(label): code for code, label in enumerate(labels)}
    return forms if len(forms) == len(labels) and None not in forms else {}


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def _check_texts(
    sample: RawTable,
    column: str,
    texts: Sequence[str],
    codes: Sequence[int | None],
    labels: Sequence[str],
) -> None:
    unknown = [text for text, code in zip(texts, codes, strict=True) if code is None]
    if unknown and len(unknown) < len(texts):
        shown = ", ".join(labels[:10]) + (" …" if len(labels) > 10 else "")
        raise DataError(
            f"{sample.name}: {min(unknown)!r} in {column!r} is not a class of the target.",
            hint=f"The classes are {shown}; correct the sample, or leave it out.",
        )


def _weigh(codes: Sequence[int | None], numbers: FloatVector, labels: Sequence[str]) -> Holding:
    if None in codes:
        if ((numbers >= 0) & (numbers <= 1)).all():
            return "probabilities"
        are_whole = bool((numbers == np.floor(numbers)).all())
        return "labels" if are_whole and 1 < len(numbers) <= len(labels) else "nothing"
    if len(set(codes)) > 1:
        return "labels"
    are_numbers = all(_number(label) is not None for label in labels)
    return "open" if are_numbers else "probabilities"


def _format(
    sample: RawTable,
    column: str,
    texts: Sequence[str],
    codes: Sequence[int | None],
    how: tuple[Target, DataOptions],
) -> tuple[str, ...]:
    """Return the classes in the sample's spelling, if it is to be written; else nothing."""
    target, options = how
    if options.spelling == "train" or None in codes or set(texts) <= set(target.labels):
        return ()
    text_of = {code: text for text, code in zip(texts, codes, strict=True) if code is not None}
    if len(text_of) == len(texts) == target.n_classes:
        return tuple(text_of[code] for code in range(target.n_classes))
    if options.spelling == "auto":
        return ()  # half of the classes as the sample has them would be worse than none
    for change in CASES:
        try:
            changed = tuple(change(label) for label in target.labels)
        except ValueError:  # no number
            continue
        is_shown = all(changed[code] == text for code, text in text_of.items())
        if is_shown and len(set(changed)) == len(changed) and len(text_of) == len(texts):
            return changed
    raise DataError(
        f"{sample.name}: {', '.join(map(repr, texts[:5]))} in {column!r} does not show how every "
        f"class of {target.name!r} is spelled.",
        hint="Leave out data.spelling, or give a sample that holds each class.",
    )


def _describe(
    texts: Sequence[str],
    codes: Sequence[int | None],
    how: tuple[Target, DataOptions],
    spelled: Sequence[str],
) -> tuple[tuple[str, str, str], ...]:
    target, options = how
    others = ", ".join(repr(text) for text in texts if text not in target.labels)
    if not others:
        return ()
    overridden = "data.spelling is given"
    if options.spelling == "auto":
        overridden = f"data.spelling: {'train' if spelled else 'sample'} overrides it"
    if spelled:
        message = f"as the sample spells {', '.join(target.labels[:10])}; {overridden}"
    elif None in codes:
        message = f"as train spells them; the sample's {others} is no class of train"
    else:
        message = f"as train spells them; the sample has {others}; {overridden}"
    return (("labels", ", ".join((spelled or target.labels)[:10]), message),)
