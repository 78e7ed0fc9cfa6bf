"""Small competitions spelled as files in the wild are, and plainly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

N_TRAIN, N_TEST = 600, 200
Rows: TypeAlias = pd.DataFrame
Change: TypeAlias = Callable[[Rows], Rows]
Spell: TypeAlias = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What tables of one kind are, whatever their spelling.

    Parameters
    ----------
    rows
        The rows of train and then of test, spelled plainly.
    column, role
        What is spelled otherwise, and its role; None: the target.
    asks
        Task and metric.
    spellings
        The same rows otherwise; rows that are spelled with gaps come with their plain spelling.
    separator
        Of the cells of the spelled files.
    config
        Keys of the config.
    """

    rows: Rows
    column: str
    role: str | None
    asks: tuple[str, str]
    spellings: Mapping[str, "Change | tuple[Change, Change]"]
    separator: str = ","
    config: Mapping[str, Any] = field(default_factory=dict)


def make_rows(scale: float = 1.0, shift: float = 0.0) -> Rows:
    """Return rows of which a, b and c tell the target; a has two decimals."""
    rng, n = np.random.default_rng(0), N_TRAIN + N_TEST
    a = (rng.normal(size=n) * scale + shift).round(2)
    rows = pd.DataFrame(
        {"id": range(n), "a": a, "b": rng.normal(size=n).round(3), "c": rng.choice(list("xyz"), n)}
    )
    signal = (a - shift) / scale * 1.5 - rows["b"] + (rows["c"] == "x")
    return rows.assign(target=(signal + rng.normal(size=n) * 0.5 > 0).astype(int))


def make_priced() -> Rows:
    """Return rows with a price of two decimals as the target."""
    rows, rng = make_rows(), np.random.default_rng(1)
    price = 1500 + 400 * rows["a"] - 300 * rows["b"] + rng.normal(size=len(rows)) * 60
    return rows.assign(target=price.round(2))


def make_dated(*, step: str = "D") -> Rows:
    """Return rows in time, of which the test rows are the last; the target follows the season."""
    rng, n = np.random.default_rng(2), N_TRAIN + N_TEST
    periods = pd.period_range("2015-01", periods=n if step == "D" else n // 8, freq=step)
    days = periods.to_timestamp().repeat(n // len(periods))
    season = np.sin(days.month / 12 * 2 * np.pi) * 3
    rows = pd.DataFrame({"id": range(n), "a": rng.normal(size=n).round(3), "day": days})
    return rows.assign(target=(season + rows["a"] + rng.normal(size=n) * 0.3).round(3))


def each(column: str, spell: Callable[[Any], str]) -> Change:
    """Return the change that spells each cell of one column."""
    return lambda rows: rows.assign(**{column: rows[column].map(spell)})


def some(column: str, text: str, every: int) -> tuple[Change, Change]:
    """Return the change that puts a text into one cell of so many, and the plain one: a gap."""

    def put(cell: str | None) -> Change:
        def change(rows: Rows) -> Rows:
            cells = rows[column].astype(object).where(np.arange(len(rows)) % every > 0, cell)
            return rows.assign(**{column: cells})

        return change

    return put(text), put(None)


def european(value: float) -> str:
    """Return 1.234,50."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


NUMBERS: Mapping[str, Change] = {
    "per cent": each("a", lambda v: f"{v:.2f}%"),
    "per cent after a blank": each("a", lambda v: f"{v:.2f} %"),
    "a unit": each("a", lambda v: f"{v:.2f} CC"),
    "a unit without a blank": each("a", lambda v: f"{v:.2f}kWh"),
    "a currency": each("a", lambda v: f"-${-v:.2f}" if v < 0 else f"${v:.2f}"),
    "a currency by its code": each("a", lambda v: f"USD {v:.2f}"),
    "brackets": each("a", lambda v: f"({-v:.2f})" if v < 0 else f"{v:.2f}"),
    "a minus behind": each("a", lambda v: f"{-v:.2f}-" if v < 0 else f"{v:.2f}"),
    "a long minus": each("a", lambda v: f"{v:.2f}".replace("-", "\u2212")),
}
TARGETS: Mapping[str, Change] = {
    "a currency": each("target", lambda v: f"${v:,.2f}"),
    "a currency behind": each("target", lambda v: f"{v:.2f} €"),
    "a unit": each("target", lambda v: f"{v:.2f} kg"),
    "per cent": each("target", lambda v: f"{v:.2f} %"),
    "thousands": each("target", lambda v: f"{v:,.2f}"),
}
EUROPEAN: Mapping[str, Change] = {
    "a comma": each("target", lambda v: f"{v:.2f}".replace(".", ",")),
    "a comma and dots": each("target", european),
    "a comma, dots and a currency": each("target", lambda v: f"{european(v)} €"),
    "a comma and blanks": each("target", lambda v: f"{v:,.2f}".replace(",", " ").replace(".", ",")),
    "a comma and apostrophes": each("target", lambda v: f"{v:,.2f}".replace(",", "'")),
}


def _group(mark: str) -> Change:
    """Return the change that marks thousands, beside a column with decimal commas."""

    def change(rows: Rows) -> Rows:
        a = rows["a"].map(lambda v: f"{v:,}".replace(",", mark))
        return rows.assign(a=a, b=rows["b"].map(lambda v: str(v).replace(".", ",")))

    return change


def _make_counts() -> Rows:
    rows = make_rows()
    return rows.assign(a=np.exp(rows["a"] * 2 + 7).astype(int) + 7)


def _make_fine() -> Rows:
    """Return rows in which no value of a comes twice."""
    rows = make_rows()
    return rows.assign(a=(rows["a"] * 1000 + rows["id"] / 1000).round(3))


def _spell_flags(train: tuple[str, str], test: tuple[str, str]) -> Change:
    """Return the change that spells yes and no in train and otherwise in test."""

    def change(rows: Rows) -> Rows:
        is_yes = rows["a"] == 1
        cells = np.where(is_yes, *train).astype(object)
        cells[N_TRAIN:] = np.where(is_yes, *test)[N_TRAIN:]
        return rows.assign(a=cells)

    return change


def _make_flagged() -> Rows:
    rows = make_rows()
    return rows.assign(a=(rows["a"] > 0).astype(int))


def _shift(text: str) -> Change:
    """Return the change that makes each seventh date unknown, and the others ISO."""
    return lambda rows: rows.assign(
        day=rows["day"].dt.strftime("%Y-%m-%d").where(np.arange(len(rows)) % 7 > 0, text)
    )


def _two_formats(rows: Rows) -> Rows:
    iso, other = (rows["day"].dt.strftime(form) for form in ("%Y-%m-%d", "%d/%m/%Y"))
    return rows.assign(day=iso.where(np.arange(len(rows)) % 3 > 0, other))


def _spell_dates(*forms: str) -> dict[str, Change]:
    return {form: each("day", lambda day, form=form: day.strftime(form)) for form in forms}


ZERO = _shift("")
KINDS: Mapping[str, Kind] = {
    "numbers": Kind(
        rows=make_rows(10),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings=NUMBERS,
    ),
    "numbers of a target": Kind(
        rows=make_priced(),
        column="target",
        role=None,
        asks=("regression", "rmse"),
        spellings=TARGETS,
    ),
    "a European target": Kind(
        rows=make_priced(),
        column="target",
        role=None,
        asks=("regression", "rmse"),
        spellings=EUROPEAN,
        separator=";",
    ),
    "thousands": Kind(
        rows=_make_counts(),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings={
            name: _group(mark)
            for name, mark in (
                ("dots", "."),
                ("blanks", " "),
                ("narrow blanks", "\u202f"),
                ("apostrophes", "'"),
            )
        },
        separator=";",
    ),
    "huge whole numbers": Kind(
        rows=_make_fine(),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings={
            f"about {size}": each("a", lambda v, f=factor: str(int(v * 1000) * f))
            for size, factor in (("2 to the 63", 2**42), ("1e25", 10**19), ("1e40", 10**34))
        }
        | {"as floats": each("a", lambda v: f"{v:.2f}e30")},
    ),
    "infinite cells": Kind(
        rows=make_rows(),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings={
            "8 %": some("a", "inf", 12),
            "2 %": some("a", "-inf", 50),
            "in words": some("a", "Infinity", 20),
            "out of range": some("a", "1e999", 30),
        },
    ),
    "odd cells": Kind(
        rows=make_rows(),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings={
            "2.5 %": some("a", "abc", 40),
            "1 %": some("a", "n.d.", 100),
            "6 %": some("a", "below limit", 16),
            "a mark": some("a", "?", 25),
        },
    ),
    "flags": Kind(
        rows=_make_flagged(),
        column="a",
        role="numeric",
        asks=("binary", "roc_auc"),
        spellings={
            "words, then numbers": _spell_flags(("True", "False"), ("1", "0")),
            "numbers, then words": _spell_flags(("1", "0"), ("True", "False")),
            "yes, then true": _spell_flags(("Yes", "No"), ("true", "false")),
            "letters, then numbers": _spell_flags(("Y", "N"), ("1", "0")),
            "capitals, then not": _spell_flags(("TRUE", "FALSE"), ("true", "false")),
        },
    ),
    "dates": Kind(
        rows=make_dated(),
        column="day",
        role="datetime",
        asks=("regression", "rmse"),
        spellings=_spell_dates(
            "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%y", "%B %d, %Y", "%Y%m%d", "%Y-%m-%d 00:00:00+00"
        ),
    ),
    "months": Kind(
        rows=make_dated(step="M"),
        column="day",
        role="datetime",
        asks=("regression", "rmse"),
        spellings=_spell_dates("%Y-%m", "%b-%y", "%Y/%m", "%B %Y", "%Y%m"),
    ),
    "zero dates": Kind(
        rows=make_dated(),
        column="day",
        role="datetime",
        asks=("regression", "rmse"),
        spellings={
            "zeros": (_shift("0000-00-00"), ZERO),
            "zeros with a time": (_shift("0000-00-00 00:00:00"), ZERO),
            "a word": (_shift("unknown"), ZERO),
            "two formats": _two_formats,
        },
    ),
}
