"""Whether a run that is read has come to its end."""

from pathlib import Path

from automl_cli.cli.answers import echo_message


def warn_unfinished(run: Path) -> bool:
    """Say on stderr that a run is not finished; return whether it is."""
    from automl_cli.core.counts import format_count
    from automl_cli.store import RunDirectory

    directory = RunDirectory(run)
    if directory.is_finished:
        return True
    n_candidates = len(list(directory.candidates.glob("*/candidate.json")))
    counted = format_count(n_candidates, "candidate")
    text = (
        f"{run}: a command is at work on this run, with {counted} so far."
        if directory.is_in_use
        else f"{run}: interrupted after {counted}; run the same command to resume."
    )
    echo_message(text)
    return False
