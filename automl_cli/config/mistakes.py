"""Mistakes of a config: where they are, what is wrong, what to do; reported all at once.

Examples
--------
>>> raise_mistakes([
...     Mistake(
...         where=Origin("configs/mine.yaml", 14),
...         key_path=("models", "lgbm"),
...         problem="no such model.",
...         hint="Did you mean 'lightgbm'?",
...     )
... ])
Traceback (most recent call last):
...
automl_cli.core.errors.ConfigError: configs/mine.yaml:14: models.lgbm: no such model.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from automl_cli.core.errors import ConfigError

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was said: a file and its line, a preset, a ``--set``, a flag, a default."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        """Return the place in the form that editors and terminals open."""
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend.

    Parameters
    ----------
    where
        The place that says it.
    key_path
        The keys that lead to it; empty when a whole file is meant.
    problem
        What was expected and what came, a whole sentence.
    hint
        The next action.
    """

    where: Origin
    key_path: KeyPath
    problem: str
    hint: str

    def __str__(self) -> str:
        """Return place, keys and problem in one line; a flag says already which key it sets."""
        where, keys = str(self.where), format_path(self.key_path)
        is_flag = where.startswith("--") and not where.startswith("--set ")
        if is_flag or where.startswith(f"--set {keys}="):
            keys = ""
        return ": ".join(part for part in (where, keys, self.problem) if part)


def raise_mistakes(mistakes: Sequence[Mistake]) -> None:
    """Raise one error that lists all `mistakes`; without mistakes do nothing.

    Raises
    ------
    ConfigError
        Mend every line it lists, then run the command again.
    """
    if mistakes:
        raise make_error(mistakes)


def make_error(mistakes: Sequence[Mistake]) -> ConfigError:
    """Return one error that lists one or more `mistakes` by place."""
    if len(mistakes) == 1:
        return ConfigError(str(mistakes[0]), hint=mistakes[0].hint)
    ordered = sorted(mistakes, key=lambda mistake: (mistake.where.source, mistake.where.line or 0))
    return ConfigError(
        "\n".join(f"{mistake}\n  hint: {mistake.hint}" for mistake in ordered),
        hint=f"Fix all {len(mistakes)}, then run the command again; `automl config schema` "
        "describes every key.",
    )


def make_hint(name: str, allowed: Collection[str], listing: str) -> str:
    """Return the closest of the `allowed` names as a question, followed by `listing`.

    Examples
    --------
    >>> make_hint("fold", ["folds", "repeats"], "Allowed: folds and repeats.")
    "Did you mean 'folds'? Allowed: folds and repeats."
    """
    close = get_close_matches(name.casefold(), allowed, n=1)
    return f"Did you mean {close[0]!r}? {listing}" if close else listing


def join_names(names: Sequence[str], word: str = "and") -> str:
    """Return the names as people write a list.

    Examples
    --------
    >>> join_names(["smoke", "fast", "medium"])
    'smoke, fast and medium'
    """
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def format_path(path: KeyPath) -> str:
    """Return the keys as one text.

    Examples
    --------
    >>> format_path(("candidates", 2, "params", "depth"))
    'candidates[2].params.depth'
    """
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in path
    ).removeprefix(".")


def format_value(value: object) -> str:
    """Return what came, as YAML spells it.

    Examples
    --------
    >>> [format_value(value) for value in ("five", True, None, 2.5, [1])]
    ["'five'", 'true', 'nothing', '2.5', 'a list']
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return repr(value)
    return ("a " if value else "an empty ") + ("mapping" if isinstance(value, Mapping) else "list")
