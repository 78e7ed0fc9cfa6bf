"""The audit of a competition: its tables are read as `automl fit` reads them, then all rules."""

from typing import Any

from automl_cli.audit import audit_all
from automl_cli.core.events import Listener, emit_stage, ignore
from automl_cli.planning.binding import check_config
from automl_cli.planning.problems import make_metric_facts
from automl_cli.planning.validation import choose_validation
from automl_cli.run.competition import Competition, read_competition

AUDIT_VERSION = 1  # of what `--json` prints


def audit_competition(competition: Competition, listener: Listener = ignore) -> dict[str, Any]:
    """Return what is inferred and found, as plain values.

    Parameters
    ----------
    competition
        The tables.
    listener
        Told of each thing that takes time.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    emit_stage(listener, "reading")
    check_config(competition.loaded)
    files, inference = read_competition(competition)
    dataset = inference.dataset
    config = competition.loaded.config
    facts = [*dataset.schema.facts, *make_metric_facts(dataset, config)]
    n_folds = choose_validation(dataset, config).options.folds
    findings = audit_all(inference, n_folds=n_folds, thorough=True, listener=listener)
    return {
        "version": AUDIT_VERSION,
        "train": str(files.train),
        "test": None if files.test is None else str(files.test),
        "rows": dataset.n_rows,
        "test_rows": 0 if dataset.test is None else len(dataset.test),
        "columns": len(dataset.schema.columns),
        "facts": [list(fact) for fact in facts],
        "findings": [finding.to_json() for finding in findings],
    }
