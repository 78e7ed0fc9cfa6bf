"""Texts of a target that are one class: blanks around them, or yes and no in several spellings."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.data.booleans import LETTERS, NUMBERS, WORDS, are_booleans, parse_booleans

Names = npt.NDArray[np.object_]
MOST_SHOWN = 3


def merge_spellings(texts: Names, codes: IntVector) -> tuple[Names, IntVector, str]:
    """Return the texts that are classes, the code of each row among them, and what was merged.

    Parameters
    ----------
    texts, codes
        Distinct texts, and which one each row holds; -1 is missing.

    Examples
    --------
    >>> texts = np.array(["No", "No ", "Yes"], dtype=object)
    >>> merge_spellings(texts, np.array([0, 0, 1, 2, -1]))
    (array(['No', 'Yes'], dtype=object), array([ 0,  0,  0,  1, -1]), "'No ' is 'No'")
    """
    plain = [text.strip() for text in texts]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    order = np.argsort(-counts, kind="stable").tolist()  # the most frequent one stands for others
    truths = _find_truths(plain)
    if truths is not None:
        order = _order_by_style(plain, truths, counts)
        plain = [str(truth) for truth in truths]
    if len(set(plain)) == len(plain):
        return texts, codes, ""
    best: dict[str, int] = {}
    for place in order:
        best.setdefault(plain[place], place)
    kept = sorted(best.values())
    places = np.array([kept.index(best[form]) for form in plain])
    lost = [place for place in range(len(texts)) if place not in kept]
    examples = [f"{texts[place]!r} is {texts[best[plain[place]]]!r}" for place in lost[:MOST_SHOWN]]
    more = f" and {len(lost) - MOST_SHOWN} more" if len(lost) > MOST_SHOWN else ""
    return texts[kept], np.where(codes < 0, -1, places[codes]), ", ".join(examples) + more


def _find_truths(plain: Sequence[str]) -> FloatVector | None:
    """Return what more than two texts say, if all of them say yes or no in some spelling."""
    import pyarrow as pa

    cells = pa.array(plain, pa.large_string())
    truths = parse_booleans(cells)
    if len(plain) < 3 or np.isnan(truths).any():
        return None
    are_words = {text.casefold() for text in plain} <= {word for pair in WORDS for word in pair}
    return truths if are_words or are_booleans(cells) else None


def _order_by_style(plain: Sequence[str], truths: FloatVector, counts: IntVector) -> list[int]:
    """Return the places of the texts in an order in which a yes and a no that match come first."""
    pairs = [
        (int(counts[yes] + counts[no]), yes, no)
        for yes in np.flatnonzero(truths == 1).tolist()
        for no in np.flatnonzero(truths == 0).tolist()
        if _style(plain[yes]) == _style(plain[no])
    ]
    order: list[int] = np.argsort(-counts, kind="stable").tolist()
    return [*max(pairs)[1:], *order] if pairs else order


def _style(text: str) -> tuple[int, bool, bool]:
    """Return what yes and no have in common: the pair of words, and small or capital letters."""
    pairs = (*WORDS, *LETTERS, *NUMBERS)
    family = next(place for place, pair in enumerate(pairs) if text.casefold() in pair)
    return family, text.islower(), text.isupper()
