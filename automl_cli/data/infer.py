"""From files to a `Dataset`: what is the target, the id, the task, and what is each column.

inference = infer_dataset(find_files([Path("train.csv")]), DataOptions())
inference.dataset.schema.facts      # every guess with its reason
inference.typing                    # stored with the run; reads new rows the same way
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatMatrix
from automl_cli.core.dataset import Dataset, Original, Schema
from automl_cli.core.errors import DataError
from automl_cli.data.classes import EncodedTarget, make_target
from automl_cli.data.content import make_content_key
from automl_cli.data.facts import Fact, describe_columns, make_data_facts
from automl_cli.data.files import Files, find_unread_originals
from automl_cli.data.ids import RowId, find_id, find_train_ids
from automl_cli.data.kinds import find_typing
from automl_cli.data.marks import has_decimal_commas
from automl_cli.data.names import clean_name, find_alike
from automl_cli.data.nominal import make_outputs
from automl_cli.data.options import DataOptions
from automl_cli.data.original import read_original
from automl_cli.data.read import RawTables, read_table, read_tables
from automl_cli.data.readings import describe_readings
from automl_cli.data.roles import FeatureColumns, find_features
from automl_cli.data.sample import find_shown, make_sample, read_holding
from automl_cli.data.sample_layout import find_sample_layout
from automl_cli.data.spelling import match_options, match_tables
from automl_cli.data.strays import UnreadCells, find_all_unread
from automl_cli.data.target_choice import TargetChoice, choose_targets
from automl_cli.data.types import TableTyping, prepare_frame

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """A data set and how its feature columns were read.

    Parameters
    ----------
    dataset
        Typed tables with roles.
    typing
        Give it to `automl_cli.data.types.prepare_frame` with any new table.
    train_ids
        The id of each training row as text, or None if train does not name its rows.
    unread
        Cells of train and test that hold something and count as missing.
    """

    dataset: Dataset
    typing: TableTyping
    train_ids: "pa.ChunkedArray | None" = None
    unread: tuple[UnreadCells, ...] = ()


def infer_dataset(files: Files, options: DataOptions) -> Inference:
    """Read the files and infer what the user did not fix.

    Raises
    ------
    DataError
        If a file is no table, a guess is ambiguous (the message lists the choices), the target is
        constant or missing, ids repeat or do not match, or an option names no column.
    """
    tables, given = match_tables(read_tables(files)), options
    options = match_options(given, tables)
    _check_options(tables, options)
    layout = find_sample_layout(tables, options)
    choice = choose_targets(tables, layout, options)
    row_id = _format_id(find_id(tables, layout, choice.targets, options), tables)
    encoded, holds, sample_facts = read_holding(
        tables, choice, _encode(tables, choice, options), options
    )
    filled = _find_filled(tables, encoded)
    labelled = RawTables(train=tables.train.where(filled), test=tables.test, sample=tables.sample)
    outputs = _join_outputs(encoded, filled)
    features = find_features(labelled, choice.targets, row_id, options, outputs)
    original, original_facts = _read_original(files, features, encoded)
    facts = (
        *make_data_facts(tables, choice, row_id, encoded, filled),
        *sample_facts,
        describe_columns(features.columns),
        *describe_readings(features.typing),
        *original_facts,
    )
    dataset = Dataset(
        schema=_make_schema(encoded, row_id, features, facts),
        train=features.train,
        targets={item.target.name: item.encoded[filled] for item in encoded},
        test=features.test,
        test_ids=row_id.test_ids,
        sample=make_sample(tables.sample, layout, choice, row_id, (encoded, holds)),
        extra=_make_extra(labelled, options, features, given.extra),
        original=original,
        key="",
    )
    return Inference(
        dataset=replace(dataset, key=make_content_key(dataset)),
        typing=features.typing,
        train_ids=find_train_ids(labelled.train, row_id),
        unread=_find_unread(tables, encoded, features.typing),
    )


def _format_id(row_id: RowId, tables: RawTables) -> RowId:
    """Return the id as the test table spells it, if no sample does."""
    if tables.sample is not None or tables.test is None or row_id.name is None:
        return row_id
    return replace(row_id, name=clean_name(tables.test.get_original_name(row_id.name)))


def _encode(tables: RawTables, choice: TargetChoice, options: DataOptions) -> list[EncodedTarget]:
    comma = has_decimal_commas(map(tables.train.cells, tables.train.names))
    encoded = [
        make_target(tables.train, name, options, find_shown(tables, choice, name), comma=comma)
        for name in choice.targets
    ]
    _check_positive(encoded, options.positive)
    _check_order(encoded, options.order)
    return encoded


def _join_outputs(encoded: Sequence[EncodedTarget], filled: BoolVector) -> FloatMatrix:
    outputs = [make_outputs(item.encoded[filled], item.target.n_classes) for item in encoded]
    return np.concatenate(outputs)


def _read_original(
    files: Files, features: FeatureColumns, encoded: Sequence[EncodedTarget]
) -> tuple[Original | None, list[Fact]]:
    if files.original is None:
        beside = find_unread_originals(files)
        hint = f"--original {beside[0].name} trains on its rows as well" if beside else ""
        return None, [("not used", ", ".join(one.name for one in beside), hint)] if beside else []
    targets = [item.target for item in encoded]
    table = read_table(files.original)
    original, fact = read_original(table, features.typing, targets, features.train, features.test)
    return original, [fact, *((what, note, table.name) for what, note in table.list_notes())]


def _make_schema(
    encoded: Sequence[EncodedTarget],
    row_id: RowId,
    features: FeatureColumns,
    facts: tuple[Fact, ...],
) -> Schema:
    return Schema(
        targets=tuple(item.target for item in encoded),
        id=row_id.name,
        columns=features.columns,
        ignored=features.ignored,
        facts=facts,
    )


def _check_options(tables: RawTables, options: DataOptions) -> None:
    named = {
        "data.target": options.target,
        "validation": options.extra,  # first: a fold column is dropped as well
        "data.drop": options.drop,
        "data.roles": tuple(options.roles),
    }
    known = tables.train.names
    parts = known if options.parts else ()
    for option, names in named.items():
        for name in names:
            whole, _, part = name.rpartition(".")
            if name not in known and not (part.isdigit() and whole in parts):
                close = find_alike(name, known) or get_close_matches(name, known, n=1)
                raise DataError(
                    f"{tables.train.name}: no column {name!r} (named by {option}).",
                    hint=f"Did you mean {' or '.join(map(repr, close))}?"
                    if close
                    else f"It has {_join_names(known)}.",
                )


def _check_positive(encoded: Sequence[EncodedTarget], positive: str | None) -> None:
    binary = [item.target.labels for item in encoded if item.target.task == "binary"]
    if positive is None or any(labels[1] == positive for labels in binary):
        return
    if not binary:
        raise DataError(
            f"positive class {positive!r} given, but no target is binary.",
            hint="Leave the positive class out.",
        )
    raise DataError(
        f"no class {positive!r} in the target {encoded[0].target.name!r}.",
        hint=f"The classes are {_join_names(binary[0])}.",
    )


def _check_order(encoded: Sequence[EncodedTarget], order: Sequence[str]) -> None:
    targets = [item.target for item in encoded]
    if not order or any(set(target.labels) == set(order) for target in targets):
        return
    labels = next((target.labels for target in targets if target.labels), ())
    if not labels:
        raise DataError(
            f"data.order names the classes {_join_names(order)}, and no target has classes.",
            hint="Leave data.order out: numbers have their order.",
        )
    lacking = [label for label in labels if label not in order]
    unknown = [label for label in order if label not in labels]
    parts = [f"no class {unknown[0]!r} in the target"] if unknown else []
    parts += [f"{_join_names(lacking)} left out"] if lacking else []
    raise DataError(
        f"data.order: {' and '.join(parts)}.",
        hint=f"Name each class once, from lowest to highest: {_join_names(labels)}.",
    )


def _find_filled(tables: RawTables, encoded: Sequence[EncodedTarget]) -> BoolVector:
    filled = np.logical_and.reduce([item.filled for item in encoded])
    if not filled.any():
        raise DataError(
            f"{tables.train.name}: no row holds all {len(encoded)} targets.",
            hint="Name fewer targets with --target.",
        )
    return np.asarray(filled)


def _make_extra(
    tables: RawTables, options: DataOptions, features: FeatureColumns, named: Sequence[str]
) -> dict[str, "pd.Series[Any]"]:
    """Return the columns that validation reads, each under the name that the user `named` for."""
    every = [table for table in (tables.train, tables.test) if table is not None]
    own = [name for name in options.extra if name in tables.train.names]
    parts = [name for name in options.extra if name not in own]
    lost = [name for name in parts if name not in features.train]
    if lost:
        raise DataError(
            f"{tables.train.name}: no column {lost[0]!r} (named by validation).",
            hint=f"The features are {_join_names(list(features.train.columns))}.",
        )
    frame = prepare_frame(find_typing(every, own, missing=options.missing), tables.train)
    known = {name: frame[name] for name in own} | {name: features.train[name] for name in parts}
    return {name: known[column] for name, column in zip(named, options.extra, strict=True)}


def _find_unread(
    tables: RawTables, encoded: Sequence[EncodedTarget], typing: TableTyping
) -> tuple[UnreadCells, ...]:
    return (
        *(item.unread for item in encoded if item.unread is not None),
        *find_all_unread(typing, (tables.train, tables.test)),
    )


def _join_names(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
