"""How a table from elsewhere spells the numbers and dates that train spells in another way.

An original data set may have 1,234.5 where train has 1234.5, or 31/12/2019 for 2019-12-31. Numbers
keep train's units and dates their kind; only marks, currencies and the order of dates are its own.
"""

from dataclasses import replace

import numpy as np

from automl_cli.data.dates import find_date_order, parse_dates
from automl_cli.data.formats import NumberFormat, find_format, read_format
from automl_cli.data.marks import has_decimal_commas, may_be_thousands
from automl_cli.data.read import RawTable
from automl_cli.data.text_columns import MISSING_NUMBERS, TextColumn, make_text_column
from automl_cli.data.types import ColumnTyping, TableTyping


def adapt_typing(typing: TableTyping, table: RawTable) -> TableTyping:
    """Return `typing` with the spelling of numbers and dates of another `table`."""
    comma = has_decimal_commas(table.cells(name) for name in table.names)
    missing = (*typing.missing, *MISSING_NUMBERS)
    columns = tuple(
        _adapt(column, make_text_column(table.cells(column.name), missing), comma=comma)
        if table.has(column.name) and not column.pattern and not column.source
        else column
        for column in typing.columns
    )
    return replace(typing, columns=columns)


def _adapt(column: ColumnTyping, text_column: TextColumn, *, comma: bool) -> ColumnTyping:
    if column.kind == "number":
        return replace(column, form=_adapt_numbers(column.form, text_column, comma=comma))
    if column.kind == "datetime" and column.order != "epoch":
        order, dates, _ = find_date_order(text_column.texts, text_column.counts)
        n_own, n_train = (
            int(text_column.counts[~np.isnat(one)].sum())
            for one in (dates, parse_dates(text_column.texts, column.order))
        )
        return replace(column, order=order) if n_own and n_own >= n_train else column
    return column


def _adapt_numbers(form: NumberFormat, text_column: TextColumn, *, comma: bool) -> NumberFormat:
    own, values = find_format(text_column.texts, text_column.counts, decimal_comma=comma)
    n_own, n_train = (
        int(text_column.counts[~np.isnan(one)].sum())
        for one in (values, read_format(text_column.texts, form))
    )
    is_open = form.thousands == "." and may_be_thousands(text_column.texts) and not comma
    if n_own < n_train or is_open:
        return form
    return replace(own, before=own.before or form.before, units=form.units or own.units, loose=True)
