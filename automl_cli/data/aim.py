"""Which columns are predicted, and in which shape the submission wants them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from automl_cli.core.dataset import SubmissionShape
from automl_cli.core.errors import DataError
from automl_cli.data.classes import find_labels
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, Tables

USUAL_TARGETS = frozenset({"target", "label", "class", "y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
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
    """

    targets: tuple[str, ...]
    reason: str
    shape: SubmissionShape = "single"
    class_columns: tuple[tuple[str, str], ...] = ()


def find_aim(tables: Tables, options: DataOptions) -> Aim:
    """Return what is to be predicted.

    Raises
    ------
    DataError
        If nothing or more than one thing fits; the message lists the choices.
    """
    if options.target:
        aim = Aim(targets=options.target, reason="given")
    elif tables.sample is not None:
        aim = _from_sample(tables, tables.sample, options)
    elif tables.test is not None:
        aim = _from_test(tables.train, _only_train(tables, options))
    else:
        aim = _from_train(tables.train)
    return aim if tables.sample is None else _with_shape(aim, tables, tables.sample, options)


def value_columns(sample: RawTable) -> tuple[str, ...]:
    """Return the sample's columns that hold predictions: all but the first, which is the id."""
    return sample.names[1:] or sample.names


def _from_sample(tables: Tables, sample: RawTable, options: DataOptions) -> Aim:
    wanted, only_train = value_columns(sample), _only_train(tables, options)
    named = tuple(name for name in wanted if name in only_train)
    if len(named) == len(wanted):
        where = "named by the sample" + (", not in test" if tables.test else "")
        return Aim(targets=named, reason=where)
    if named:
        unknown = ", ".join(repr(name) for name in wanted if name not in named)
        raise DataError(
            f"{sample.name}: {unknown} is no target in {tables.train.name}.",
            hint="Name the targets with --target, or give the sample that belongs to this table.",
        )
    matching = [name for name in only_train if _class_columns(tables.train, name, wanted)]
    if len(matching) == 1:
        return Aim(
            targets=(matching[0],), reason="the sample has one column for each of its classes"
        )
    if len(wanted) == len(only_train) == 1:
        return Aim(targets=(only_train[0],), reason="the only column that test lacks")
    raise _ambiguous(tables.train, matching or only_train)


def _from_test(train: RawTable, only_train: Sequence[str]) -> Aim:
    if len(only_train) == 1:
        return Aim(targets=(only_train[0],), reason="the only column that test lacks")
    raise _ambiguous(train, only_train)


def _from_train(train: RawTable) -> Aim:
    usual = [name for name in train.names if name.casefold() in USUAL_TARGETS]
    if len(usual) == 1:
        return Aim(targets=(usual[0],), reason="the usual name of a target")
    raise _ambiguous(train, usual or train.names)


def _only_train(tables: Tables, options: DataOptions) -> list[str]:
    """Return the columns that may be targets: in train, not in test, not an id."""
    taken = {"", options.id, *options.drop}
    if tables.sample is not None and len(tables.sample.names) > 1:
        taken.add(tables.sample.names[0])
    if tables.test is not None:
        taken.update(tables.test.names)
    return [name for name in tables.train.names if name not in taken]


def _with_shape(aim: Aim, tables: Tables, sample: RawTable, options: DataOptions) -> Aim:
    wanted = value_columns(sample)
    if set(aim.targets) != set(wanted) and len(aim.targets) == 1:
        pairs = _class_columns(tables.train, aim.targets[0], wanted)
        if pairs:
            return replace(aim, shape="per_class", class_columns=pairs)
    if set(aim.targets) != set(wanted) and not len(aim.targets) == len(wanted) == 1:
        shown, targets = (", ".join(map(repr, names[:5])) for names in (wanted, aim.targets))
        raise DataError(
            f"{sample.name}: columns {shown}, expected one for each target ({targets}) or class.",
            hint="Give the sample that belongs to this table with --sample.",
        )
    if len(aim.targets) == 1 and _is_ranking(tables.train, sample, aim.targets[0], options):
        return replace(aim, shape="ranking")
    return aim


def _class_columns(
    train: RawTable, target: str, columns: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return (label, column) if the columns are the labels with one common prefix, else ()."""
    labels = find_labels(train.cells(target), most=len(columns))
    if len(labels) != len(columns) or len(columns) < 2:
        return ()
    for label in labels:
        prefix = columns[0].removesuffix(label)
        label_of = {prefix + text: text for text in labels}
        if columns[0].endswith(label) and set(label_of) == set(columns):
            return tuple((label_of[column], column) for column in columns)
    return ()


def _is_ranking(train: RawTable, sample: RawTable, target: str, options: DataOptions) -> bool:
    if options.wants is not None:
        return options.wants == "ranking"
    first = sample.cells(value_columns(sample)[0])[0].as_py()
    labels = set(find_labels(train.cells(target), most=len(train.table)))
    return first not in labels and len(first.split()) > 1 and labels.issuperset(first.split())


def _ambiguous(train: RawTable, choices: Sequence[str]) -> DataError:
    hint = "Name the target with --target."
    if not choices:
        return DataError(f"{train.name}: no column that the test table lacks.", hint=hint)
    shown = ", ".join(choices[:10]) + (f" … ({len(choices)} columns)" if len(choices) > 10 else "")
    return DataError(f"{train.name}: the target may be any of: {shown}.", hint=hint)
