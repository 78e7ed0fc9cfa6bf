"""Who takes part in a blend, and who does not and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from automl_cli.commands.blend.members import MemberPool
from automl_cli.core.candidate import Candidate
from automl_cli.core.metric import Metric
from automl_cli.core.problem import Problem
from automl_cli.ensemble.outside import Copy, Suspicion, find_copies, find_suspicions
from automl_cli.run.solve import rank_candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Those who take part for one target.

    Parameters
    ----------
    members
        All that could.
    playing
        Those that do.
    left_out
        For each key of the others why, in a few words.
    warnings
        What the user should know, one sentence a matter.
    """

    members: MemberPool
    playing: tuple[Candidate, ...]
    left_out: Mapping[str, str]
    warnings: tuple[str, ...]

    def everyone(self) -> tuple[Candidate, ...]:
        """Return all candidates that could take part."""
        files = (one.candidate for one in self.members.files)
        return (*self.members.own, *self.members.others, *files)


def choose_field(problem: Problem, members: MemberPool, *, keep_suspects: bool) -> Field:
    """Return who takes part.

    Parameters
    ----------
    problem
        What is answered.
    members
        All that could.
    keep_suspects
        Whether members take part that score far above the others on some folds only.
    """
    names = {one.candidate.spec.key: str(one.path) for one in members.files}
    found = find_suspicions(problem, members.files, members.run, (*members.own, *members.others))
    left_out, warnings = {}, [note for one in members.files for note in one.notes]
    for suspicion in found:
        takes_part = keep_suspects or not suspicion.folds
        warnings.append(
            f"{names[suspicion.key]}: {_format(suspicion, problem.metric)} "
            + ("It takes part." if takes_part else "It is left out (--keep-suspects keeps it).")
        )
        if not takes_part:
            left_out[suspicion.key] = "may have seen the rows of " + _name_folds(suspicion)
    files = rank_candidates(problem, (one.candidate for one in members.files))
    everyone = (*members.own, *members.others, *files)  # of copies the first one stays
    honest = [one for one in everyone if one.spec.key not in left_out]
    for copy in find_copies(problem, honest, n_safe=len(members.own)):
        warnings.append(_format_copy(copy, names))
        left_out[copy.key] = f"nearly equal to {copy.of} ({format_likeness(copy.likeness)})"
    playing = tuple(one for one in honest if one.spec.key not in left_out)
    return Field(members=members, playing=playing, left_out=left_out, warnings=tuple(warnings))


def format_likeness(likeness: float) -> str:
    """Return a correlation near 1, rounded down: only what is equal is called 1.

    Examples
    --------
    >>> format_likeness(0.9999996), format_likeness(1.0)
    ('0.99999', '1.00000')
    """
    return f"{int(likeness * 1e5 + 1e-4) / 1e5:.5f}"


def _format_copy(copy: Copy, names: Mapping[str, str]) -> str:
    one, other = names.get(copy.key, copy.key), names.get(copy.of, copy.of)
    alike = format_likeness(copy.likeness)
    return (
        f"{one}: its predictions are nearly those of {other} (correlation {alike}). They count as "
        "one: only the latter takes part."
    )


def _format(suspicion: Suspicion, metric: Metric) -> str:
    own, other = suspicion.scores[0], suspicion.others[0]
    if not suspicion.folds:
        return (
            f"it is far better than every other member on all folds ({metric.name} {own:.5g}, "
            f"the next best {other:.5g}). Make sure that its models have not seen the rows that "
            "they predict."
        )
    return (
        f"it scores far above the others on {_name_folds(suspicion)} only ({metric.name} "
        f"{own:.5g} there, the others {other:.5g}; elsewhere {suspicion.scores[1]:.5g} and "
        f"{suspicion.others[1]:.5g}), as if its models had seen these rows."
    )


def _name_folds(suspicion: Suspicion) -> str:
    folds = list(suspicion.folds)
    listed = folds[0] if len(folds) == 1 else f"{', '.join(folds[:-1])} and {folds[-1]}"
    return (
        f"fold{'s' * (len(folds) > 1)} {listed} of {'its file' if suspicion.by_file else 'the run'}"
    )
