"""The report at the end of a fit.

A process of its own writes it, so that the run neither waits for it longer than its budget allows
nor ends with its mistakes.
"""

import os
import signal
import subprocess
import sys

from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, Listener, emit_stage
from automl_cli.store import RunDirectory

LEAST_SECONDS = 5.0  # a start and a small report; less is not worth a try
MARGIN_SECONDS = 1.5  # between its end and the deadline
LONGEST_SECONDS = 300.0  # without a deadline
KEPT_SHARE, MOST_KEPT = 0.03, 8.0  # of the time, and seconds: what the work before leaves to it


def reserve_report_time(deadline: Deadline) -> Deadline:
    """Return when the work has to be done so that there is time for its report.

    Examples
    --------
    >>> round(reserve_report_time(Deadline.after(300.0)).seconds_left())
    292
    >>> round(reserve_report_time(Deadline.after(60.0)).seconds_left())
    60
    """
    kept = min(MOST_KEPT, KEPT_SHARE * max(0.0, deadline.seconds_left()))
    # Less than a report needs would be lost to both.
    return deadline.earlier(kept) if kept >= LEAST_SECONDS + MARGIN_SECONDS else deadline


def report_run(directory: RunDirectory, deadline: Deadline, listener: Listener) -> None:
    """Write the report of a finished run, if there is time, and tell where it is.

    Parameters
    ----------
    directory
        The run; its summary is written.
    deadline
        When the command has to be finished: the report is given up before.
    listener
        Told of the report, or why there is none.
    """
    seconds = min(deadline.seconds_left() - MARGIN_SECONDS, LONGEST_SECONDS)
    hint = f"`automl report {directory.root}` writes it"
    if seconds < LEAST_SECONDS:
        listener(_warn(f"no report: not enough time is left; {hint}"))
        return
    emit_stage(listener, "writing the report")
    one_thread = {"OMP_NUM_THREADS": "1"}  # on a busy machine many wait for each other
    command = [sys.executable, "-P", "-m", "automl_cli", "report", "--", str(directory.root)]
    try:
        done = subprocess.run(  # noqa: S603 (this program itself)
            command,
            timeout=seconds,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            env={**os.environ, **one_thread},
        )
    except subprocess.TimeoutExpired:
        listener(_warn(f"no report: it ran out of time after {seconds:.0f} s; {hint}"))
        return
    except OSError as error:  # no memory, or no place, for one more process
        listener(_warn(f"no report: its process did not start ({error.strerror}); {hint}"))
        return
    if done.returncode == 0:
        listener(Event(kind="reported", fields={"path": str(directory.report)}))
    else:
        reason = _find_reason(done.returncode, done.stderr)
        listener(_warn(f"no report: it failed ({reason}); {hint}, or says more"))


def _find_reason(code: int, output: str) -> str:
    """Return the message of an error, or the last line of a traceback."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if code == -signal.SIGKILL:
        return "its process was killed, as systems do where memory is short"
    if code < 0:
        return f"its process was ended by signal {-code}"
    if not lines:
        return f"exit code {code}"
    spoken = [line for line in lines if not line.startswith("hint: ")]
    return (spoken or lines)[-1].rstrip(".")


def _warn(message: str) -> Event:
    return Event(kind="warning", fields={"message": message})
