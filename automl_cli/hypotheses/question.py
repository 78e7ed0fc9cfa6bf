"""What the user asks."""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.core.errors import ConfigError
from automl_cli.run.competition import Competition
from automl_cli.statistics.corrections import check_correction


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisQuestion:
    """What the user asks.

    Parameters
    ----------
    source
        A finished run, or tables.
    columns
        Those to test; empty: all.
    formula
        What is explained by what, in place of columns, or None.
    alone
        True if each column is tested without the others.
    between
        A column whose groups are compared, or None.
    on
        What they are compared in; None: the target.
    compare
        Two candidates of a run, or None.
    cluster
        A column whose equal values make rows dependent; None: what the validation groups by.
    family
        How the response varies; None: as its task says.
    correction
        See `automl_cli.statistics.corrections.correct`.
    level
        Of significance.
    """

    source: Path | Competition
    columns: tuple[str, ...] = ()
    formula: str | None = None
    alone: bool = False
    between: str | None = None
    on: str | None = None
    compare: tuple[str, str] | None = None
    cluster: str | None = None
    family: str | None = None
    correction: str = "holm"
    level: float = 0.05


def check_question(question: HypothesisQuestion) -> None:
    """Refuse what does not go together.

    Raises
    ------
    ConfigError
        With the flags to leave out.
    """
    check_correction(question.correction)
    if not 0 < question.level < 0.5:
        raise ConfigError(
            f"--level: {question.level:g}, expected a share below .5.", hint="Such as --level 0.05."
        )
    kinds = {
        "--formula": question.formula is not None,
        "--columns": bool(question.columns),
        "--between": question.between is not None,
        "--compare": question.compare is not None,
    }
    asked = [flag for flag, is_given in kinds.items() if is_given]
    if len(asked) > 1:
        raise ConfigError(
            f"{' and '.join(asked)} ask different questions.", hint="Give one of them a command."
        )
    _check_comparison(question)
    if question.on is not None and question.between is None:
        raise ConfigError(
            "--on says what groups are compared in; --between is missing.",
            hint="Name the column that makes the groups with --between.",
        )
    if question.alone and asked not in ([], ["--columns"]):
        raise ConfigError(
            f"--alone tests columns one by one; it does not go with {asked[0]}.",
            hint="Leave one of them out.",
        )


def _check_comparison(question: HypothesisQuestion) -> None:
    given = {"--cluster": question.cluster, "--family": question.family, "--on": question.on}
    idle = [flag for flag, value in given.items() if value is not None]
    if question.compare is not None and idle:
        raise ConfigError(
            f"--compare looks at the predictions of a run; {idle[0]} has no part in it.",
            hint=f"Leave {idle[0]} out; a run whose folds keep groups counts by groups.",
        )
