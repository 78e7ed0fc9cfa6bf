"""The tables of a competition with one spelling of each column, and options that name them.

What the sample names is called as the sample calls it, for so it is handed in; all else as train
calls it.
"""

from collections.abc import Sequence
from dataclasses import replace

from automl_cli.data.names import clean_name, describe_names, find_name, loosen_name, match_names
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables


def match_tables(tables: RawTables) -> RawTables:
    """Return the tables with the columns of train and test called alike; what differed is noted.

    Raises
    ------
    DataError
        If a column may be two.
    """
    train, test = _clean_names(tables.train), tables.test
    handed_in = _find_handed_in(tables)
    train = match_columns(train, handed_in)
    if test is not None:
        test = match_columns(match_columns(test, handed_in), train.names, known=tables.train.names)
    return replace(tables, train=train, test=test)


def match_columns(table: RawTable, wanted: Sequence[str], known: Sequence[str] = ()) -> RawTable:
    """Return a table with the `wanted` columns called so; what differed is noted.

    Parameters
    ----------
    table
        Any.
    wanted
        The columns that are looked for.
    known
        Spellings that need no note.

    Raises
    ------
    DataError
        If a column may be two.
    """
    names = match_names(table.name, table.names, wanted)
    renamed = {came: name for came, name in names.items() if came not in known}
    notes = [("columns read", describe_names(renamed))] if renamed else []
    return replace(table.rename(names), notes=(*table.notes, *notes))


def match_options(options: DataOptions, tables: RawTables) -> DataOptions:
    """Return the options with columns called as train, and the id as test, calls them."""
    known, with_id = tables.train.names, (tables.test or tables.train).names
    return replace(
        options,
        target=_find(options.target, known),
        id=options.id if options.id is None else find_name(options.id, with_id) or options.id,
        drop=_find(options.drop, known),
        roles={find_name(name, known) or name: role for name, role in options.roles.items()},
        extra=_find(options.extra, known),
    )


def _find(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(find_name(name, known) or name for name in names)


def _clean_names(table: RawTable) -> RawTable:
    """Return the table without blanks around its names, unless two of them become one."""
    tidied = {name: clean_name(name) for name in table.names if clean_name(name) != name}
    names = [tidied.get(name, name) for name in table.names]
    return table.rename(tidied) if len(set(names)) == len(names) else table


def _find_handed_in(tables: RawTables) -> tuple[str, ...]:
    """Return the names of the sample that name columns: the id, and targets that test lacks.

    Others name classes, which may be called as a feature is.
    """
    if tables.sample is None:
        return ()
    in_test = {loosen_name(name) for name in tables.test.names} if tables.test else set()
    in_train = {loosen_name(name) for name in tables.train.names}
    ids = [name for name in tables.sample.names if loosen_name(name) in in_test]
    targets = [name for name in tables.sample.names if loosen_name(name) in in_train - in_test]
    return (*ids[:1], *targets)
