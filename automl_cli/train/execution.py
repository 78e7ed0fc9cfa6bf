"""Where units run, and what limits them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from automl_cli.core.events import Listener
from automl_cli.store import RunDirectory
from automl_cli.train.executor import Executor
from automl_cli.train.forecast import Forecast
from automl_cli.train.memory import MemoryBudget
from automl_cli.train.time_budget import TimeBudget


def _never(_: BaseException) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Where units run and what limits them.

    Parameters
    ----------
    run
        The run directory.
    executor
        Any `concurrent.futures.Executor`.
    time_budget
        The time limits.
    listener
        Told of every finished unit.
    screeners
        Jobs of one thread, such as screening a group, that run at the same time; None: as many as
        fits.
    memory_budget
        The memory that units may take, or None: no limit.
    ended_for_memory
        Whether an error of a unit means that it took too much memory.
    renew
        Gives a new executor when the old one broke as a whole, or None for executors that
        replace a dead worker by themselves.
    forecast
        What fits have shown of seconds and memory. It learns from every fit, in whichever stage.
    """

    run: RunDirectory
    executor: Executor
    time_budget: TimeBudget
    listener: Listener
    screeners: int | None = None
    memory_budget: MemoryBudget | None = None
    ended_for_memory: Callable[[BaseException], bool] = _never
    renew: Callable[[], Executor] | None = None
    forecast: Forecast = field(default_factory=Forecast)
