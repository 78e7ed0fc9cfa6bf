"""How the numbers of a column are spelled: marks, signs, currency, unit; found once, then applied.

form, values = find_format(texts, counts)      # of all tables together
read_format(texts, form)                       # the same for any other table
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.data.marks import MARKS, Decimal, Thousands, has_decimal_point, may_fit, read_marks
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.text_columns import Texts
from automl_cli.data.units import CURRENCY, SIGNS, UNIT, find_dimension, name_unit

if TYPE_CHECKING:
    import pyarrow as pa

INFINITE = r"(?i)^[+-]?(inf|infinity|∞)$"
BOUND = r"^(?:[<>]=?|[≤≥~≈])\s*"
# The sign, a currency, the number, a unit; then what else stands there, which must be nothing.
PARTS = (
    r"^(?P<minus>-?)\+?(?P<before>" + CURRENCY + r"?)\s*(?P<sign>-?)"
    r"(?P<core>(?:\d(?:[\d.,'_ ]*\d)?[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?)"
    r"\s*(?P<behind>" + UNIT + r"?)$"
)  # fmt: skip
GLANCE = 1000  # distinct texts that are looked at before all of them are taken apart
ALMOST_ALL = 0.98  # of the numbers have to bear units of one kind
MOST_BOUNDS = 0.2  # of the numbers may be bounds
LEAST_UNIT = 0.5  # of the numbers have to bear the unit of the column
FRACTIONS = 3  # distinct numbers between 0 and 1 beside per cent, which are fractions of 1 too then
HUNDREDTH = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How numbers are spelled.

    Parameters
    ----------
    thousands, decimal
        What stands between thousands (nothing: digits follow each other) and before decimals.
    before
        The currency before the number, or nothing. It may be missing.
    units
        (unit, factor): what may stand behind a number and what the number is multiplied by.
    bounds
        Whether ``<5`` and ``90+`` are read as 5 and 90.
    loose
        Whether a minus may be typographic or behind the number, or brackets stand for it.
    """

    thousands: Thousands = ""
    decimal: Decimal = "."
    before: str = ""
    units: tuple[tuple[str, float], ...] = ()
    bounds: bool = False
    loose: bool = True


PLAIN = NumberFormat(loose=False)  # as every program writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What stands before or behind each text's number: distinct names, and which one it is."""

    names: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    def count(self, rows: npt.NDArray[np.int64]) -> dict[str, int]:
        """Return the rows of each name that occurs, the most frequent first."""
        sums = np.bincount(self.codes, weights=rows, minlength=len(self.names))
        counts: dict[str, int] = {}
        for name, n in zip(self.names, sums, strict=True):  # two spellings may have one name
            counts[name] = counts.get(name, 0) + int(n)
        order = sorted(counts, key=lambda name: (-counts[name], name))
        return {name: counts[name] for name in order if counts[name]}

    def take(self, values: Mapping[str, float]) -> FloatVector:
        """Return the value of each text's name, NaN where it has none."""
        return np.array([values.get(name, np.nan) for name in self.names])[self.codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """Texts taken apart; `core` is null where a text is no number with what may be around it."""

    core: "pa.Array"
    is_negative: BoolVector
    before: _Around
    units: _Around
    is_bound: BoolVector


def find_format(
    texts: "pa.Array", counts: npt.NDArray[np.int64], *, decimal_comma: bool = False
) -> tuple[NumberFormat, FloatVector]:
    """Return the format in which most rows are numbers, and the numbers.

    Parameters
    ----------
    texts
        Distinct texts.
    counts
        Rows of each text.
    decimal_comma
        Whether other columns of the file have decimal commas, so that ``1.234`` is more than one.
    """
    values = parse_numbers(texts)
    most = _rows(values, counts)
    prefers_comma = decimal_comma and not has_decimal_point(texts)
    if not prefers_comma and (most == counts.sum() or not _is_unusual(texts)):
        return PLAIN, values
    pieces = _take_apart(texts)
    form = _find_marks(pieces, counts, prefers_comma=prefers_comma)
    form = _with_units(form, pieces, counts)
    form = _with_bounds(form, pieces)
    found = _read(pieces, form)
    return (form, found) if prefers_comma or _rows(found, counts) > most else (PLAIN, values)


def read_format(texts: Texts, form: NumberFormat) -> FloatVector:
    """Return the numbers in `texts`, NaN where a text is missing or none in this format.

    Examples
    --------
    >>> import pyarrow as pa
    >>> form = NumberFormat(thousands=".", decimal=",", before="€")
    >>> read_format(pa.array(["€1.234,50", "(12)", "x"], pa.large_string()), form).tolist()
    [1234.5, -12.0, nan]
    """
    return parse_numbers(texts) if form == PLAIN else _read(_take_apart(texts), form)


def describe_format(form: NumberFormat) -> str:
    """Return a format in words, such as ``numbers with decimal commas and the unit '%'``."""
    details = []
    if form.thousands:
        details.append(f"marks as in 1{form.thousands}234{form.decimal}5")
    if form.before:
        details.append(f"the currency {form.before!r}")
    if len(form.units) == 1:
        unit, factor = form.units[0]
        details.append(
            f"the unit {unit!r}" + (", read as hundredths" if factor == HUNDREDTH else "")
        )
    elif form.units:
        dimension = find_dimension([unit for unit, _ in form.units])
        units = ", ".join(repr(unit) for unit, _ in form.units if unit)
        base = f", read as {dimension.unit}" if dimension is not None and dimension.unit else ""
        details.append(f"the units {units}{base}")
    if form.bounds:
        details.append("bounds such as '<5', read as their number")
    return "numbers" + (f" with {' and '.join(details)}" if details else "")


def is_infinite(texts: Texts) -> BoolVector:
    """Return where a text is infinity, which no model can use."""
    import pyarrow.compute as pc

    found = pc.match_substring_regex(texts, pattern=INFINITE)
    return np.array(pc.fill_null(found, fill_value=False))


def _is_unusual(texts: "pa.Array") -> bool:
    """Return whether one of the first texts is a number, and no plain one."""
    head = texts.slice(0, GLANCE)
    is_number = np.asarray(_take_apart(head).core.is_valid())
    return bool((is_number & np.isnan(parse_numbers(head))).any())


def _take_apart(texts: Texts) -> _Pieces:
    import pyarrow.compute as pc

    texts = pc.replace_substring_regex(texts, pattern="[\u2212\u2013]", replacement="-")
    texts = pc.replace_substring_regex(texts, pattern="[\u00a0\u2009\u202f]", replacement=" ")
    texts = pc.replace_substring(texts, "\u2019", "'")
    in_brackets = np.asarray(
        pc.fill_null(pc.match_substring_regex(texts, pattern=r"^\(.*\)$"), fill_value=False)
    )
    texts = pc.replace_substring_regex(texts, pattern=r"^\((.*)\)$", replacement=r"\1")
    texts = pc.replace_substring_regex(texts, pattern=r"^([^-]*\d)-$", replacement=r"-\1")
    bound = rf"{BOUND}|\d\s*\+$"
    is_bound = np.asarray(
        pc.fill_null(pc.match_substring_regex(texts, pattern=bound), fill_value=False)
    )
    texts = pc.replace_substring_regex(texts, pattern=BOUND, replacement="")
    texts = pc.replace_substring_regex(texts, pattern=r"(\d)\s*\+$", replacement=r"\1")
    parts = pc.extract_regex(texts, pattern=PARTS)
    cells = {
        name: pc.struct_field(parts, name) for name in ("minus", "before", "sign", "core", "behind")
    }
    minus, sign = (
        np.asarray(pc.fill_null(pc.equal(cells[name], "-"), fill_value=False))
        for name in ("minus", "sign")
    )
    return _Pieces(
        core=cells["core"],
        is_negative=minus ^ sign ^ in_brackets,
        before=_find_surroundings(cells["before"], str),
        units=_find_surroundings(cells["behind"], name_unit),
        is_bound=is_bound,
    )


def _find_surroundings(texts: "pa.Array", clean: Callable[[str], str]) -> _Around:
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(pc.fill_null(texts, ""))
    names = tuple(clean(text.strip()) for text in encoded.dictionary.to_pylist())
    return _Around(names=names, codes=np.asarray(encoded.indices))


def _find_marks(
    pieces: _Pieces, counts: npt.NDArray[np.int64], *, prefers_comma: bool
) -> NumberFormat:
    order = sorted(MARKS, key=lambda marks: marks[1] == ".") if prefers_comma else MARKS
    best, most = NumberFormat(), -1
    for thousands, decimal in order:
        if not (prefers_comma or may_fit(pieces.core, (thousands, decimal))):
            continue
        form = NumberFormat(thousands=thousands, decimal=decimal)
        n_rows = _rows(read_marks(pieces.core, (form.thousands, form.decimal)), counts)
        if n_rows > most:
            best, most = form, n_rows
    return best


def _with_units(form: NumberFormat, pieces: _Pieces, counts: npt.NDArray[np.int64]) -> NumberFormat:
    rows = np.where(np.isnan(read_marks(pieces.core, (form.thousands, form.decimal))), 0, counts)
    total = rows.sum()
    before = pieces.before.count(rows)
    currency = next((name for name, n in before.items() if name), "")
    shared = before.get(currency, 0) + before.get("", 0) >= ALMOST_ALL * total
    if currency and (shared or before[currency] >= LEAST_UNIT * total):
        form = replace(form, before=currency)
    units = pieces.units.count(rows)
    main = next((name for name in units if name), "")
    if not main:
        return form
    alone = units[main] + units.get("", 0)
    is_sign = main in {"%", "‰"} or main[0] in SIGNS  # others may be letters of a code: 12, 12b
    if (is_sign or units[main] >= LEAST_UNIT * total) and alone >= ALMOST_ALL * total:
        return replace(form, units=((main, _find_factor(main, form, pieces)),))
    kept: list[str] = []
    n_kept = 0
    for name, n in units.items():
        if n_kept < ALMOST_ALL * total:
            kept, n_kept = [*kept, name], n_kept + n
    dimension = find_dimension(kept)
    # 14b among house numbers is no billion: nearly all lack a letter, or others stand there too.
    are_names = "" in kept and (len(kept) == 1 or find_dimension(list(units)) is None)
    if dimension is None or are_names:
        return form
    known = [name for name in units if name in dimension.factors]
    return replace(form, units=tuple((name, dimension.factors[name]) for name in known))


def _find_factor(unit: str, form: NumberFormat, pieces: _Pieces) -> float:
    """Return what a number with `unit` is worth, beside those without: 12% is 0.12 beside 0.37."""
    if unit != "%":
        return 1e3 if unit == "k" else 1.0
    values = np.abs(read_marks(pieces.core, (form.thousands, form.decimal)))
    bears = pieces.units.take({unit: 1.0}) == 1
    shares, others = values[bears & ~np.isnan(values)], values[~bears & ~np.isnan(values)]
    n_fractions = len(np.unique(others[(others > 0) & (others < 1)]))
    are_shares = n_fractions >= FRACTIONS and others.max() <= 1 < np.median(shares)
    return HUNDREDTH if are_shares else 1.0


def _with_bounds(form: NumberFormat, pieces: _Pieces) -> NumberFormat:
    """Let bounds be numbers, if they are few and none of them is a number that stands elsewhere."""
    values = _read(pieces, replace(form, bounds=True))
    known = ~np.isnan(values)
    bounds, others = values[known & pieces.is_bound], values[known & ~pieces.is_bound]
    few = len(bounds) <= max(1, MOST_BOUNDS * len(others))
    return replace(form, bounds=bool(len(bounds)) and few and not np.isin(bounds, others).any())


def _read(pieces: _Pieces, form: NumberFormat) -> FloatVector:
    values = read_marks(pieces.core, (form.thousands, form.decimal))
    values = np.where(pieces.is_negative, -values, values)
    factors = {"": 1.0} if len(form.units) < 2 else {}
    values = values * pieces.units.take(factors | dict(form.units))
    fits = ~np.isnan(pieces.before.take({"": 1.0, form.before: 1.0}))
    fits &= ~pieces.is_bound | form.bounds
    return np.where(fits, values, np.nan)


def _rows(values: FloatVector, counts: npt.NDArray[np.int64]) -> int:
    return int(counts[~np.isnan(values)].sum())
