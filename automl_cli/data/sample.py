"""The sample as the shape that a submission must have, and what its cells say about the targets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from automl_cli.core.dataset import Holding, Sample
from automl_cli.core.errors import DataError
from automl_cli.data.classes import EncodedTarget
from automl_cli.data.evidence import find_cells, read_evidence
from automl_cli.data.ids import RowId
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables
from automl_cli.data.sample_layout import SampleLayout
from automl_cli.data.target_choice import TargetChoice

if TYPE_CHECKING:
    import pyarrow as pa

SampleFacts: TypeAlias = list[tuple[str, str, str]]


def find_shown(tables: RawTables, choice: TargetChoice, target: str) -> "pa.Array | None":
    """Return the distinct cells of the sample's column for a target, or None if it has none."""
    if tables.sample is None or choice.shape != "single" or not choice.columns:
        return None
    return find_cells(tables.sample, choice.columns[choice.targets.index(target)])


def read_holding(
    tables: RawTables, choice: TargetChoice, encoded: Sequence[EncodedTarget], options: DataOptions
) -> tuple[list[EncodedTarget], dict[str, Holding], SampleFacts]:
    """Return the targets with the spelling of their classes, what the sample holds, and facts.

    Raises
    ------
    DataError
        If the sample's cells do not fit the classes.
    """
    if (
        tables.sample is None
        or tables.test is None
        or choice.shape != "single"
        or not choice.columns
    ):
        return list(encoded), {}, []
    found, holds, facts = [], {}, []
    for item, column in zip(encoded, choice.columns, strict=True):
        evidence = read_evidence(tables.sample, column, item.target, options)
        found.append(replace(item, target=replace(item.target, spelled=evidence.spelled)))
        holds[item.target.name] = evidence.holds
        of = "" if len(encoded) == 1 else f" of {item.target.name}"
        facts += [(f"{what}{of}", value, why) for what, value, why in evidence.facts]
    return found, holds, facts


def make_sample(
    sample: RawTable | None,
    layout: SampleLayout | None,
    choice: TargetChoice,
    row_id: RowId,
    named: tuple[Sequence[EncodedTarget], dict[str, Holding]],
) -> Sample | None:
    """Return the shape that the submission must have, or None without sample or rows to predict.

    Raises
    ------
    DataError
        If its columns are for other classes than those of the target.
    """
    if sample is None or layout is None or row_id.sample_ids is None:
        return None
    encoded, holds = named
    column_of, labels = dict(choice.class_columns), encoded[0].target.labels
    if choice.shape == "per_class" and set(column_of) != set(labels):
        raise DataError(
            f"{sample.name}: columns for the classes {_join_names(tuple(column_of))}, "
            f"expected those of the target: {_join_names(labels) or 'none, it is a regression'}.",
            hint="Check --task and the missing texts, or give the right sample with --sample.",
        )
    return Sample(
        columns=sample.names,
        id_columns={name: sample.texts(name) for name, _ in layout.id_columns},
        ids=row_id.sample_ids,
        shape=choice.shape,
        class_columns=tuple(column_of[label] for label in labels) if column_of else (),
        column_of=dict(zip(choice.targets, choice.columns, strict=False)),
        holds=holds,
    )


def _join_names(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
