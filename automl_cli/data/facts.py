"""Every guess as (what, value, reason), for the table that is shown before the run."""

from collections.abc import Sequence
from typing import TypeAlias

from automl_cli.core.arrays import BoolVector
from automl_cli.core.dataset import Column
from automl_cli.data.classes import EncodedTarget
from automl_cli.data.ids import RowId
from automl_cli.data.read import RawTables
from automl_cli.data.target_choice import TargetChoice

Fact: TypeAlias = tuple[str, str, str]

MOST_NAMES = 6  # of the columns of one role
SHAPES = {
    "single": "one column per target",
    "per_class": "one column per class",
    "ranking": "classes in order, separated by spaces",
}


def make_data_facts(
    tables: RawTables,
    choice: TargetChoice,
    row_id: RowId,
    encoded: Sequence[EncodedTarget],
    filled: BoolVector,
) -> tuple[Fact, ...]:
    """Return what was inferred, most important first."""
    facts = [("target", ", ".join(choice.targets), choice.reason)]
    facts += [fact for item in encoded for fact in _target_facts(item, alone=len(encoded) == 1)]
    named = row_id.name or ", ".join(row_id.together) or "row number"
    facts.append(("id", named, row_id.reason))
    if row_id.respelled:
        here, there = row_id.respelled
        reason = "as the sample spells them, and so does the submission"
        facts.append(("ids", f"{here} in test is {there}", reason))
    facts.append(_submission_fact(tables, choice))
    n_left_out = int((~filled).sum())
    if n_left_out:
        facts.append(("rows", f"{filled.sum()} of {filled.size}", f"{n_left_out} without a target"))
    if tables.test is not None:
        only_test = set(tables.test.names) - set(tables.train.names) - set(row_id.columns)
        names = [name for name in tables.test.names if name in only_test]
        if names:
            facts.append(("not used", ", ".join(names), "only in test: nothing to learn from"))
    for table in (tables.train, tables.test, tables.sample):
        if table is not None:
            facts += [(what, note, table.name) for what, note in table.list_notes()]
    return tuple(facts)


def describe_columns(columns: Sequence[Column]) -> Fact:
    """Return how many columns there are of each role, and which are not plain numbers.

    Examples
    --------
    >>> describe_columns(
    ...     [Column(name="age", role="numeric", reason=""),
    ...      Column(name="city", role="categorical", reason="")]
    ... )
    ('columns', '1 numeric, 1 categorical', 'categorical: city')
    """
    by_role: dict[str, list[str]] = {}
    for column in columns:
        by_role.setdefault(column.role, []).append(column.name)
    counts = ", ".join(f"{len(names)} {role}" for role, names in by_role.items())
    shown = [f"{role}: {_shorten(names)}" for role, names in by_role.items() if role != "numeric"]
    return ("columns", counts, "; ".join(shown) or "all numbers")


def _shorten(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _target_facts(item: EncodedTarget, *, alone: bool) -> list[Fact]:
    target = item.target
    of = "" if alone else f" of {target.name}"
    facts: list[Fact] = [(f"task{of}", target.task, target.reason)]
    if target.labels:
        shown = ", ".join(target.labels[:10]) + (" …" if target.n_classes > 10 else "")
        facts.append((f"classes{of}", shown, f"{target.n_classes} classes, as spelled in train"))
    if item.order_reason:
        value = " < ".join(target.labels[:10]) + (" …" if target.n_classes > 10 else "")
        why = item.order_reason
        reason = why if why == "given" else f"{why}; data.order overrides it"
        facts.append((f"order{of}", value, reason))
    if target.task == "binary":
        facts.append((f"positive class{of}", target.labels[1], item.positive_reason))
    return facts


def _submission_fact(tables: RawTables, choice: TargetChoice) -> Fact:
    if tables.test is None:
        return ("submission", "none", "no test table")
    if tables.sample is None:
        return ("submission", "id and target", "no sample")
    if not choice.columns and not choice.class_columns:
        return (
            "submission",
            "id and target",
            "the sample holds ids only; its rows and their order",
        )
    return ("submission", SHAPES[choice.shape], "the columns of the sample")
