"""What is wrong or remarkable about the tables, before anything is fitted; the table RULES.

    findings = audit_all(infer_dataset(files, options), n_folds=5, thorough=True)
    findings[0].code, findings[0].message, findings[0].fix

A rule is a function from `AuditEvidence` to findings that bear its name; another package adds its
own under the entry-point group ``automl_cli.rules``.
"""

from automl_cli.audit.adversarial import find_adversarial_drift
from automl_cli.audit.columns import find_constant, find_near_unique, find_train_only
from automl_cli.audit.drift import find_drift
from automl_cli.audit.evidence import AuditEvidence, Rule, make_evidence, read_text_numbers
from automl_cli.audit.labels import find_outliers, find_rare_classes, find_skew
from automl_cli.audit.leaks import find_leaks, find_telling_gaps, find_telling_order
from automl_cli.audit.levels import find_unseen_levels
from automl_cli.audit.rows import find_contradictions, find_duplicates, find_shared_rows
from automl_cli.audit.splits import find_groups, find_id_groups, find_time
from automl_cli.audit.strays import find_unread_cells
from automl_cli.audit.texts import find_text_pairs, find_texts
from automl_cli.core.events import Listener, emit_stage, ignore
from automl_cli.core.finding import SEVERITIES, Finding
from automl_cli.core.registry import Registry
from automl_cli.data.infer import Inference

__all__ = ["RULES", "AuditEvidence", "Rule", "audit", "audit_all", "make_evidence"]


def audit(
    evidence: AuditEvidence, *, thorough: bool = True, listener: Listener = ignore
) -> list[Finding]:
    """Return what all rules find, the gravest first, else in the table's order.

    Parameters
    ----------
    evidence
        The tables.
    thorough
        Whether rules that fit models are asked as well.
    listener
        Told of each rule before it is asked.
    """
    every = [RULES.get(name) for name in RULES]
    rules = [rule for rule in every if thorough or rule.is_fast]
    found: list[Finding] = []
    for number, rule in enumerate(rules, start=1):
        emit_stage(listener, f"rule {number} of {len(rules)}: {rule.code}")
        found += rule.find(evidence)
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def audit_all(
    inference: Inference, *, n_folds: int, thorough: bool, listener: Listener = ignore
) -> list[Finding]:
    """Return the findings of all targets of a data set, each once.

    Parameters
    ----------
    inference
        The tables.
    n_folds
        The folds that are planned.
    thorough
        Whether rules that fit models are asked as well.
    listener
        Told of each rule before it is asked.
    """
    dataset = inference.dataset
    numbers = read_text_numbers(inference.train_ids)
    found = [
        finding
        for target in dataset.schema.targets
        for finding in audit(
            make_evidence(
                dataset,
                target,
                n_folds=n_folds,
                id_numbers=numbers,
                unread=inference.unread,
            ),
            thorough=thorough,
            listener=listener,
        )
    ]
    distinct = {(one.code, one.message): one for one in found}
    return list(distinct.values())


RULES: Registry[Rule] = Registry(
    "rules",
    {
        rule.code: rule
        for rule in (
            Rule("leaking_column", find_leaks),
            Rule("telling_order", find_telling_order),
            Rule("unread_cells", find_unread_cells),
            Rule("train_only", find_train_only),
            Rule("grouped_test", find_groups),
            Rule("id_groups", find_id_groups),
            Rule("later_test", find_time),
            Rule("separable_test", find_adversarial_drift, is_fast=False),
            Rule("drifting_column", find_drift),
            Rule("duplicate_rows", find_duplicates),
            Rule("contradicting_rows", find_contradictions),
            Rule("shared_rows", find_shared_rows),
            Rule("rare_classes", find_rare_classes),
            Rule("target_outliers", find_outliers),
            Rule("skewed_target", find_skew),
            Rule("telling_gaps", find_telling_gaps),
            Rule("unseen_levels", find_unseen_levels),
            Rule("near_unique", find_near_unique),
            Rule("constant_column", find_constant),
            Rule("text_column", find_texts),
            Rule("text_pair", find_text_pairs),
        )
    },
)
