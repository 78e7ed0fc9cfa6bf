"""What a worker is asked to do, tried: its result, or what it raised as text.

The one broad except of the package is here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from traceback import format_exception

from automl_cli.core.errors import RunError


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """What a unit raised, as text: foreign exceptions need not survive the way to the parent.

    Parameters
    ----------
    error
        Type and message.
    traceback
        Where it was raised.
    mistake
        The error itself if the user can mend it (a full disk), else None.
    out_of_memory
        Whether the system refused memory.
    """

    error: str
    traceback: str
    mistake: RunError | None
    out_of_memory: bool = False


def attempt(work: Callable[..., str], *args: object) -> str | Crash:
    """Do a unit's work; whatever it raises is returned.

    This is the one broad except of the package: a model's library may raise anything, and it
    must cost no more than its candidate.
    """
    try:
        return work(*args)
    except Exception as error:  # noqa: BLE001  # a library may raise anything
        return Crash(
            error=f"{type(error).__name__}: {error}",
            traceback="".join(format_exception(error)),
            mistake=error if isinstance(error, RunError) else None,
            out_of_memory=isinstance(error, MemoryError) or "bad_alloc" in str(error),
        )
