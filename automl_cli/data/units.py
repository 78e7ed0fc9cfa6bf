"""What may stand around a number: currencies before it, and units, alone or of one kind, behind it.

Units of one kind (days and years, grams and kilograms) are turned into the largest of them that is
no multiple of itself in the table below, so that `2 weeks` and `1 month` can be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIGNS = "$€£¥₹₽₩₺₪฿₫₦₱₴₡¢"
CURRENCY = (
    rf"(?:[A-Za-z]{{0,3}}[{SIGNS}]|Rs\.?|"
    r"(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|BRL|RUB|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|MXN|KRW)\b)"
)
# A letter or a sign such as % or °, then letters, and perhaps an exponent: "km/h", "m2", "ft."
# Latin and Cyrillic letters, and the money of East Asia: a class of all letters makes the pattern
# slow to compile.
LETTERS = "A-Za-zÀ-žА-я円元원"
UNIT = rf"(?:[{LETTERS}%‰°µ{SIGNS}\"'][{LETTERS}%°µ{SIGNS}./² ³·\"]{{0,15}}[23]?)"

DAY = 1.0
SECOND = DAY / 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Units that can be turned into one another.

    Parameters
    ----------
    name
        What they measure, for messages.
    unit
        In which the numbers are read.
    factors
        By unit, in lower case and singular: how many `unit` it is.
    """

    name: str
    unit: str
    factors: Mapping[str, float]


def name_unit(suffix: str) -> str:
    """Return a unit as it is compared: without case, blanks and the plural.

    Examples
    --------
    >>> name_unit("Years"), name_unit("km / h"), name_unit("ft.")
    ('year', 'km/h', 'ft')
    """
    unit = suffix.replace(" ", "").rstrip(".").casefold()
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") else unit


def find_dimension(units: Sequence[str]) -> Dimension | None:
    """Return the dimension that has all `units`, as `name_unit` spells them, or None.

    Examples
    --------
    >>> find_dimension(["week", "year"]).name
    'durations'
    >>> find_dimension(["week", "kg"]) is None
    True
    """
    return next((one for one in DIMENSIONS if set(units) <= set(one.factors)), None)


DIMENSIONS = (
    Dimension(
        name="durations",
        unit="days",
        factors={
            "second": SECOND, "sec": SECOND, "s": SECOND,
            "minute": 60 * SECOND, "min": 60 * SECOND,
            "hour": 3600 * SECOND, "hr": 3600 * SECOND, "hrs": 3600 * SECOND, "h": 3600 * SECOND,
            "day": DAY, "d": DAY, "week": 7.0, "wk": 7.0, "month": 365.25 / 12, "mo": 365.25 / 12,
            "mth": 365.25 / 12, "year": 365.25, "yr": 365.25, "yrs": 365.25, "y": 365.25,
        },
    ),
    Dimension(name="lengths", unit="m", factors={"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}),
    Dimension(
        name="lengths",
        unit="ft",
        factors={
            "in": 1 / 12, "inch": 1 / 12, "ft": 1.0, "foot": 1.0, "feet": 1.0, "yd": 3.0,
            "mi": 5280.0, "mile": 5280.0,
        },
    ),
    Dimension(name="masses", unit="kg", factors={"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3}),
    Dimension(name="masses", unit="lb", factors={"oz": 1 / 16, "lb": 1.0, "lbs": 1.0}),
    Dimension(name="volumes", unit="l", factors={"ml": 1e-3, "cl": 1e-2, "l": 1.0}),
    Dimension(
        name="sizes",
        unit="MB",
        factors={"b": 1e-6, "byte": 1e-6, "kb": 1e-3, "mb": 1.0, "gb": 1e3, "tb": 1e6},
    ),
    Dimension(
        name="amounts",
        unit="",
        factors={"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9},
    ),
)  # fmt: skip
