"""In which order the classes of a target stand: by numbers in them, on a known scale, or unknown.

>>> find_label_order(["grade 10", "grade 7", "grade 8"])
(['grade 7', 'grade 8', 'grade 10'], 'by the numbers in them')
>>> find_label_order(["high", "low", "medium"])
(['low', 'medium', 'high'], 'a usual scale')
>>> find_label_order(["cat", "cow", "dog"]) is None
True
"""

import re
from collections.abc import Callable, Sequence

from automl_cli.data.scales import SCALES

NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)")
WORD = re.compile(r"[^\W\d_]+")
BELOW = frozenset({"<", "less", "under", "below", "up", "until", "younger"})
ABOVE = frozenset({">", "+", "more", "over", "above", "older", "from", "least"})
JOINING = frozenset({"than", "to", "and", "or", "at", "between"})
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
SIGNS = {"+": -1, "": 0, "-": 1}  # A+ stands before A

Places = list[tuple[float, ...]]


def sort_naturally(labels: Sequence[str]) -> list[str]:
    """Return labels in alphabetical order, with the numbers in them by size.

    Examples
    --------
    >>> sort_naturally(["b", "a 10", "a 9"])
    ['a 9', 'a 10', 'b']
    """
    return sorted(labels, key=lambda label: ([_split(part) for part in _parts(label)], label))


def find_label_order(labels: Sequence[str]) -> tuple[list[str], str] | None:
    """Return labels from lowest to highest and what tells it, or None if nothing does."""
    ways: tuple[tuple[Callable[[Sequence[str]], Places | None], str], ...] = (
        (_place_by_numbers, "by the numbers in them"),
        (_place_on_scale, "a usual scale"),
        (_place_by_roman, "by the Roman numerals in them"),
        (_place_by_letters, "by the letters"),
    )
    for place, reason in ways:
        places = place(labels)
        if places is not None and len(set(places)) == len(labels):
            ordered = sorted(zip(places, labels, strict=True))
            return [label for _, label in ordered], reason
    return None


def _parts(label: str) -> list[str]:
    return NUMBER.split(label)


def _split(part: str) -> tuple[str, float]:
    # Texts and numbers take turns, so that only like is compared with like.
    return ("", float(part)) if NUMBER.fullmatch(part) else (part, 0.0)


def _place_by_numbers(labels: Sequence[str]) -> Places | None:
    """Place grade 7, or ranges such as <10, 10-20 and 20+, if what stands around is alike."""
    if not all(NUMBER.search(label) for label in labels):
        return None
    words = {
        frozenset(WORD.findall(label.casefold())) - BELOW - ABOVE - JOINING for label in labels
    }
    if len(words) > 1:
        return None
    return [_place_range(label.casefold()) for label in labels]


def _place_range(label: str) -> tuple[float, ...]:
    numbers = [float(number) for number in NUMBER.findall(label)]
    signs = {*WORD.findall(label), *label}
    side = -1.0 if signs & BELOW else 1.0 if signs & ABOVE else 0.0
    if re.match(r"\s*-[0-9]", label):  # -5, not 10-5
        numbers[0] = -numbers[0]
    return (numbers[0], side, *numbers[1:])


def _place_on_scale(labels: Sequence[str]) -> Places | None:
    plain = [" ".join(re.split(r"[\s_-]+", label.strip().casefold())) for label in labels]
    for scale in SCALES:
        place_of = {word: (float(place),) for place, words in enumerate(scale) for word in words}
        if all(text in place_of for text in plain):
            return [place_of[text] for text in plain]
    return None


def _place_by_roman(labels: Sequence[str]) -> Places | None:
    split = [label.casefold().rpartition(" ") for label in labels]
    if len({before for before, _, _ in split}) > 1:
        return None
    numerals = [numeral for _, _, numeral in split]
    if not {"i", "ii"} <= set(numerals) <= set(ROMAN):
        return None
    return [(float(ROMAN.index(numeral)),) for numeral in numerals]


def _place_by_letters(labels: Sequence[str]) -> Places | None:
    found = [re.fullmatch(r"(.*?)\b([a-z])([+-]?)", label.strip().casefold()) for label in labels]
    known = [match for match in found if match is not None]
    if len(known) < len(labels) or len({match[1] for match in known}) > 1:
        return None
    return [(float(ord(match[2])), float(SIGNS[match[3]])) for match in known]
