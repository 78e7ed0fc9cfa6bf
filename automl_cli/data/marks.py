"""What divides thousands and decimals in the numbers of a column, and of a file.

A comma or a point with three digits behind it may be either; what is decided by other cells of the
column comes first, then what other columns of the file say.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from automl_cli.core.arrays import FloatVector
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.text_columns import Texts, any_match

if TYPE_CHECKING:
    from collections.abc import Iterable

Thousands: TypeAlias = Literal["", ",", ".", " ", "'", "_"]
Decimal: TypeAlias = Literal[".", ","]
Marks: TypeAlias = tuple[Thousands, Decimal]

MARKS: tuple[Marks, ...] = (
    ("", "."), (",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("'", ","), ("_", "."),
)  # fmt: skip
GLANCE = 1000  # rows of a column that say which marks its file has


def read_marks(core: Texts, marks: Marks) -> FloatVector:
    """Return the numbers with these marks; a plain number that they do not fit is read as such."""
    import pyarrow.compute as pc

    thousands, decimal = marks
    if not thousands:
        return parse_numbers(core)
    group, point = f"[{thousands}]", f"[{decimal}]"
    groups = rf"(?:{group}\d{{2,3}})*" if thousands == "," else ""  # 12,34,567 in India
    more = rf"{groups}{group}\d{{3}}" if groups else rf"(?:{group}\d{{3}})+"
    whole = rf"(?:\d+|[1-9]\d{{0,2}}{more})"
    exponent = r"[eE][+-]?\d+"  # no thousands stand before one
    pattern = (
        rf"^(?:{whole}(?:{point}\d*)?|{point}\d+)$|^(?:\d+(?:{point}\d*)?|{point}\d+){exponent}$"
    )
    fits = pc.match_substring_regex(core, pattern=pattern)
    plain = pc.replace_substring(core, thousands, "")
    plain = pc.replace_substring(plain, decimal, ".")
    return parse_numbers(pc.if_else(fits, plain, core))


def may_fit(core: Texts, marks: Marks) -> bool:
    """Return whether these marks read a number that is no plain one."""
    thousands, decimal = marks
    if not thousands:
        return True
    if thousands == ".":
        return any_match(core, r",|\..*\.")
    return any_match(core, f"[{thousands}]") and (decimal == "." or any_match(core, f"[{decimal}]"))


def has_decimal_commas(columns: "Iterable[Texts]") -> bool:
    """Return whether the numbers of a file have decimal commas, by what no thousand can be.

    Parameters
    ----------
    columns
        The cells of each column; a glance at the first ones is enough.
    """
    found = False
    for cells in columns:
        texts = _glance(cells)
        if has_decimal_point(texts):
            return False
        found = found or _has_decimal_comma(texts)
    return found


def may_be_thousands(texts: Texts) -> bool:
    """Return whether every point in plain numbers may divide thousands, and one cell has one."""
    import pyarrow.compute as pc

    has_point = pc.any(pc.match_substring(texts, ".")).as_py()
    return bool(has_point) and not has_decimal_point(texts)


def _glance(cells: Texts) -> Texts:
    import pyarrow.compute as pc

    return pc.utf8_trim_whitespace(pc.unique(cells.slice(0, GLANCE)))


def has_decimal_point(texts: Texts) -> bool:
    """Return whether a number has a point that divides no thousands."""
    return any_match(
        texts,
        r"^[+-]?(\d*\.(\d{1,2}|\d{4,})|0?\.\d+|\d{4,}\.\d*|\d{1,3}(,\d{3})+\.\d+|\d\.\d+[eE].+)$",
    )


def _has_decimal_comma(texts: Texts) -> bool:
    """Return whether a number has a comma that divides no thousands."""
    return any_match(
        texts,
        r"^[+-]?(\d*,(\d{1,2}|\d{4,})|0?,\d+|\d{4,},\d*|\d{1,3}(\.\d{3})+,\d+|\d,\d+[eE].+)$",
    )
