"""Spellings of dates that are rewritten as year-month-day before they are read.

Names of months and weekdays in English, months and quarters without a day (which become their first
day), and dates without marks.
"""

from collections.abc import Iterable

from automl_cli.data.text_columns import Texts, any_match

MONTHS = {
    "jan": "uary", "feb": "ruary", "mar": "ch", "apr": "il", "may": "", "jun": "e", "jul": "y",
    "aug": "ust", "sep": "t(?:ember)?", "oct": "ober", "nov": "ember", "dec": "ember",
}  # fmt: skip
WEEKDAYS = r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[,.]? +"
MARK, NAME = r"[-/., ]*", r"~(\d+)~"
DAY, YEAR = r"(\d{1,2})(?:st|nd|rd|th)?", r"(\d{4})"
# Two digits of a year up to 69 are of this century. They end the date: a time may follow.
THIS, LAST, END = r"'?([0-6]\d)", r"'?([7-9]\d)", r"([T ,].*)?$"
NAMED = (
    (rf"^{DAY}{MARK}{NAME}{MARK}{YEAR}", r"\3-\2-\1"),
    (rf"^{NAME}{MARK}{DAY}{MARK}{YEAR}", r"\3-\1-\2"),
    (rf"^{YEAR}{MARK}{NAME}{MARK}{DAY}", r"\1-\2-\3"),
    (rf"^{DAY}{MARK}{NAME}{MARK}{THIS}{END}", r"20\3-\2-\1\4"),
    (rf"^{DAY}{MARK}{NAME}{MARK}{LAST}{END}", r"19\3-\2-\1\4"),
    (rf"^{NAME}{MARK}{YEAR}$", r"\2-\1-1"),
    (rf"^{YEAR}{MARK}{NAME}$", r"\1-\2-1"),
)
# What else "Jan-18" may be: the 18th of January.
SHORT = ((rf"^{NAME}{MARK}{THIS}$", r"20\2-\1-1"), (rf"^{NAME}{MARK}{LAST}$", r"19\2-\1-1"))
MOST_YEARS = 15  # distinct numbers up to 31 behind names of months: more of them are days
PLAIN = (
    (r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-1"),
    (r"^(\d{1,2})[-/](\d{4})$", r"\2-\1-1"),
    (r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$", r"\1-\2-1"),
    (r"^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)$", r"\1-\2-\3"),
    (
        r"^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)[T ]?([0-2]\d):?([0-5]\d):?([0-5]\d)(Z?)$",
        r"\1-\2-\3 \4:\5:\6\7",
    ),
    *(
        (pattern, replacement.replace("MONTH", str(3 * quarter - 2)))
        for quarter in range(1, 5)
        for pattern, replacement in (
            (rf"^(\d{{4}})[- ]?[Qq]{quarter}$", r"\1-MONTH-1"),
            (rf"^[Qq]{quarter}[-/ ]?(\d{{4}})$", r"\1-MONTH-1"),
        )
    ),
)


def rewrite(texts: Texts) -> Texts:
    """Return `texts` with what is such a spelling as year-month-day.

    Examples
    --------
    >>> import pyarrow as pa
    >>> cells = pa.array(["Feb 12, 2014", "07-Nov-21", "Jan-18", "2018Q3", "20180105", "x"])
    >>> rewrite(cells.cast(pa.large_string())).to_pylist()
    ['2014-2-12', '2021-11-07', '2018-1-1', '2018-7-1', '2018-01-05', 'x']
    """
    if any_match(texts, r"[A-Za-z]{3}"):
        texts = _rewrite_names(texts)
    if any_match(texts, r"^[\dQq]{4}[-/ ]?[\dQq]+(\D|$)|^\d{1,2}[-/]\d{4}$|^[Qq]"):
        texts = _replace(texts, PLAIN)
    return texts


def are_days(texts: Texts) -> bool:
    """Return whether a column like ``Jan-18`` tells days of a year that it does not name.

    Up to fifteen distinct numbers behind the months are years, and so is any number beyond 31.
    """
    import pyarrow.compute as pc

    months = "|".join(MONTHS)
    pattern = rf"(?i)^(?:{months})[a-z]*{MARK}(?P<number>\d{{1,2}})$"
    numbers = pc.unique(pc.struct_field(pc.extract_regex(texts, pattern=pattern), "number"))
    found = [int(text) for text in pc.drop_null(numbers).to_pylist()]
    return max(found, default=0) <= 31 and len(found) > MOST_YEARS


def _rewrite_names(texts: Texts) -> Texts:
    texts = _replace(texts, ((WEEKDAYS, ""),))
    names = [
        (rf"(?i)(^|[^a-z]){start}(?:{rest})?\b\.?", rf"\1~{number}~")
        for number, (start, rest) in enumerate(MONTHS.items(), start=1)
    ]
    return _replace(_replace(_replace(texts, names), NAMED), SHORT)


def _replace(texts: Texts, rules: Iterable[tuple[str, str]]) -> Texts:
    import pyarrow.compute as pc

    for pattern, replacement in rules:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=replacement)
    return texts
