"""Which columns are predicted, and in which shape the submission wants them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from automl_cli.core.dataset import SubmissionShape
from automl_cli.core.errors import DataError
from automl_cli.data.classes import find_labels
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables
from automl_cli.data.sample_layout import SampleLayout, plain_name

USUAL_TARGETS = frozenset({"target", "label", "class", "y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """What is to be predicted.

    Parameters
    ----------
    targets
        Columns of train.
    reason
        Why these.
    shape
        Of the submission; ``single`` without a sample.
    class_columns
        For ``per_class``: (label, column of the sample), in the order of the sample.
    columns
        Else: the column of the sample for each target; none if the sample holds no predictions.
    """

    targets: tuple[str, ...]
    reason: str
    shape: SubmissionShape = "single"
    class_columns: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()


def choose_targets(
    tables: RawTables, layout: SampleLayout | None, options: DataOptions
) -> TargetChoice:
    """Return what is to be predicted.

    Raises
    ------
    DataError
        If nothing or more than one thing fits; the message lists the choices. If the target is
        one of the columns to drop.
    """
    wanted = () if layout is None else layout.values
    if options.target:
        choice = TargetChoice(targets=options.target, reason="given")
    elif wanted:
        choice = _from_sample(tables, wanted, _only_train(tables, layout, options))
    elif tables.test is not None:
        choice = _choose(tables, (), _only_train(tables, layout, options))
    else:
        choice = _from_train(tables)
    _check_dropped(tables, choice, options)
    if not wanted or tables.sample is None:
        return choice
    return _with_shape(choice, tables.train, tables.sample, wanted, options)


def _check_dropped(tables: RawTables, choice: TargetChoice, options: DataOptions) -> None:
    dropped = [name for name in choice.targets if name in options.drop]
    if dropped:
        raise DataError(
            f"{tables.train.name}: data.drop names the target {dropped[0]!r}.",
            hint="Remove it from data.drop, or name another target with --target.",
        )


def _only_train(tables: RawTables, layout: SampleLayout | None, options: DataOptions) -> list[str]:
    """Return the columns that may be targets: in train, not in test, not an id."""
    taken = {"", options.id, *options.drop}
    if layout is not None:
        taken.update(name for pair in layout.id_columns for name in pair)
    if tables.test is not None:
        taken.update(tables.test.names)
    return [name for name in tables.train.names if name not in taken]


def _from_sample(
    tables: RawTables, wanted: Sequence[str], only_train: Sequence[str]
) -> TargetChoice:
    train = tables.train
    named = _match(wanted, only_train)
    if len(named) == len(wanted):
        where = "named by the sample" + (", not in test" if tables.test else "")
        return TargetChoice(targets=named, reason=where)
    matching = [name for name in only_train if _class_columns(train, name, wanted)]
    if len(matching) == 1:
        return TargetChoice(
            targets=(matching[0],), reason="the sample has one column for each of its classes"
        )
    if set(wanted) <= set(train.names):
        return TargetChoice(
            targets=tuple(wanted),
            reason="named by the sample, which asks for other values than test has",
        )
    if named:
        unknown = ", ".join(repr(name) for name in wanted if not _match([name], only_train))
        raise DataError(
            f"{_name(tables.sample)}: {unknown} is not a target in {train.name}.",
            hint="Name the targets with --target, or give the sample that belongs to this table.",
        )
    return _choose(tables, wanted, matching or only_train)


def _match(wanted: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return those of `names` that are wanted; their case and blanks may differ if it is clear."""
    counts = Counter(map(plain_name, names))
    near = {plain_name(name): name for name in names if counts[plain_name(name)] == 1}
    found = [name if name in names else near.get(plain_name(name)) for name in wanted]
    return tuple(name for name in found if name is not None)


def _choose(tables: RawTables, wanted: Sequence[str], choices: Sequence[str]) -> TargetChoice:
    if len(choices) == 1:
        return TargetChoice(targets=(choices[0],), reason="the only column that test lacks")
    if choices:
        raise _ambiguous(tables.train, choices)
    raise _no_target(tables, wanted)


def _no_target(tables: RawTables, wanted: Sequence[str]) -> DataError:
    test, train = _name(tables.test), tables.train
    known = () if tables.test is None else tables.test.names
    lacking = [name for name in train.names if name and name not in known]
    found = (
        f"{test} lacks only {_quoted(lacking)}, which is dropped or an id"
        if lacking
        else f"{test} has all of its columns"
    )
    demand = f", and {_name(tables.sample)} asks for {_quoted(wanted)}" if wanted else ""
    return DataError(
        f"{train.name}: no column is left to be the target: {found}{demand}.",
        hint="Name the target with --target, and the table of the rows to predict with --test.",
    )


def _from_train(tables: RawTables) -> TargetChoice:
    train = tables.train
    usual = [name for name in train.names if name.casefold() in USUAL_TARGETS]
    if len(usual) == 1:
        return TargetChoice(targets=(usual[0],), reason="the usual name of a target")
    if len(train.names) == 1:
        return TargetChoice(targets=train.names, reason="the only column")
    raise _ambiguous(train, usual or train.names)


def _with_shape(
    choice: TargetChoice,
    train: RawTable,
    sample: RawTable,
    wanted: Sequence[str],
    options: DataOptions,
) -> TargetChoice:
    columns = _match(choice.targets, wanted)
    if len(choice.targets) == 1 and len(columns) < len(wanted):
        pairs = _class_columns(train, choice.targets[0], wanted)
        if pairs:
            return replace(choice, shape="per_class", class_columns=pairs)
    if len(choice.targets) == len(wanted) == 1:
        columns = tuple(wanted)
    if not len(choice.targets) == len(columns) == len(wanted):
        raise DataError(
            f"{sample.name}: columns {_quoted(wanted)}, "
            f"expected one for each target ({_quoted(choice.targets)}) or class.",
            hint="Give the sample that belongs to this table with --sample.",
        )
    if len(choice.targets) == 1 and _is_ranking(
        train, sample, choice.targets[0], columns[0], options
    ):
        return replace(choice, shape="ranking", columns=columns)
    return replace(choice, columns=columns)


def _class_columns(
    train: RawTable, target: str, columns: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return (label, column) if the columns are the labels with one common prefix, else ().

    Case and blanks may differ if that leaves no doubt.
    """
    labels = find_labels(train.cells(target), most=len(columns))
    if len(labels) != len(columns) or len(columns) < 2:
        return ()
    for normalise in (str, plain_name, _plain_number):
        spelled = {normalise(label): label for label in labels}
        names = [normalise(column) for column in columns]
        for label in spelled:
            prefix = names[0].removesuffix(label)
            label_of = {prefix + text: own for text, own in spelled.items()}
            is_one_each = len(label_of) == len(labels) and set(label_of) == set(names)
            if is_one_each and names[0].endswith(label):
                return tuple(zip((label_of[name] for name in names), columns, strict=True))
    return ()


def _plain_number(name: str) -> str:
    """Return a name that ends in a whole number with that number plain: class_1.0 is class_1."""
    return re.sub(r"(?<![\d.])0*(\d+)(?:\.0+)?$", r"\1", plain_name(name))


def _is_ranking(
    train: RawTable, sample: RawTable, target: str, column: str, options: DataOptions
) -> bool:
    if options.wants is not None:
        return options.wants == "ranking"
    first = sample.cells(column)[0].as_py()
    labels = set(find_labels(train.cells(target), most=len(train.table)))
    return first not in labels and len(first.split()) > 1 and labels.issuperset(first.split())


def _ambiguous(train: RawTable, choices: Sequence[str]) -> DataError:
    shown = ", ".join(choices[:10]) + (f" … ({len(choices)} columns)" if len(choices) > 10 else "")
    return DataError(
        f"{train.name}: several columns could be the target: {shown}.",
        hint="Name the target with --target.",
    )


def _name(table: RawTable | None) -> str:
    return "" if table is None else table.name


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:5]))
