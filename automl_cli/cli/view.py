"""A run at a glance: what runs where, the best score, the time left, what is next.

view = draw(standing, time.time(), Space(columns=80, rows=24))
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from automl_cli.cli.figures import format_bytes, format_clock, format_number
from automl_cli.cli.live import MARGIN, Space
from automl_cli.cli.standing import RunningTask, Standing
from automl_cli.core.counts import format_count

LEAST = Space(columns=60, rows=10)  # on a smaller terminal it is one line
OTHER_ROWS = 6  # that are not about workers
MOST_TASKS = 12  # workers with a row of their own
BAR_COLUMNS = 24


def draw(standing: Standing, now: float, space: Space, memory_bytes: int = 0) -> RenderableType:
    """Return what is shown at `now` (seconds since the epoch): a small table, or one line.

    Parameters
    ----------
    standing
        How far the run is.
    now
        Seconds since the epoch.
    space
        The terminal.
    memory_bytes
        What the command and its workers take; 0: not shown.
    """
    if space.columns < LEAST.columns or space.rows < LEAST.rows or not standing.workers:
        return draw_line(standing, now)
    return Group(
        _draw_counts(standing, now, memory_bytes),
        *_draw_clock(standing, now),
        *_draw_best(standing),
        _draw_workers(standing, now, space),
        *([_join(("next  ", "dim"), ", ".join(standing.upcoming))] if standing.upcoming else []),
    )


def draw_line(standing: Standing, now: float) -> Text:
    """Return the same as one line, the most important first."""
    parts = [_format_stage(standing, now)]
    if standing.ends_at is not None:
        parts.append(f"{format_clock(standing.ends_at - now)} left")
    every = standing.best.values()
    parts += [f"best {format_number(best.score)} ({best.holder})" for best in every]
    if standing.announced:
        announced = format_count(len(standing.announced), "candidate")
        parts.append(f"{standing.done} of {announced}")
    return _join(" · ".join(parts))


def _draw_counts(standing: Standing, now: float, memory_bytes: int) -> Text:
    parts = []
    if standing.announced:
        announced = format_count(len(standing.announced), "candidate")
        parts.append(f"{standing.done} of {announced}")
    if standing.fits:
        parts.append(format_count(standing.fits, "fit"))
    if memory_bytes:
        parts.append(f"memory {format_bytes(memory_bytes)}")
    return _join((_format_stage(standing, now), "bold"), *(f" · {part}" for part in parts))


def _draw_clock(standing: Standing, now: float) -> Iterator[Text]:
    """Yield the line of the time: a bar of the budget, or of the candidates if there is none."""
    if standing.started_at is None:
        return
    used = f"{format_clock(now - standing.started_at)} used"
    if standing.ends_at is not None:
        share = (now - standing.started_at) / max(1e-9, standing.ends_at - standing.started_at)
        yield _join(*_draw_bar(share), f" {used}, {format_clock(standing.ends_at - now)} left")
    else:
        share = standing.done / len(standing.announced) if standing.announced else 0.0
        yield _join(*_draw_bar(share), f" {used}, no budget")


def _draw_bar(share: float) -> tuple[tuple[str, str], tuple[str, str]]:
    filled = round(BAR_COLUMNS * min(1.0, max(0.0, share)))
    return ("━" * filled, "green"), ("─" * (BAR_COLUMNS - filled), "dim")


def _draw_best(standing: Standing) -> Iterator[Text]:
    found = []
    for target, best in standing.best.items():
        of = f"{target} " if len(standing.best) > 1 else ""
        score = f"{format_number(best.score)} ± {format_number(best.score_se, 2)}"
        what = f": {best.description}" if best.description else ""
        found.append(f"{of}{score} ({best.holder}{what})")
    if found:
        yield _join(("best  ", "dim"), ", ".join(found))


def _draw_workers(standing: Standing, now: float, space: Space) -> Table:
    """Return a row a worker, the busy ones only if there is no room for all."""
    most = min(MOST_TASKS, space.rows - OTHER_ROWS)
    busy = {task.slot: task for task in standing.tasks}
    slots = sorted({*busy, *range(standing.workers)})
    if len(slots) > most:
        slots = sorted(busy)[: most - 1]
    rows = [_format_task(slot, busy.get(slot), now) for slot in slots]
    n_hidden = len(busy.keys() - set(slots))
    if n_hidden:
        rows.append(("", f"… and {n_hidden} more", "", ""))
    return _align(rows, space.columns - MARGIN)


def _align(rows: Sequence[tuple[str, ...]], columns: int) -> Table:
    """Return number, key, part and seconds in columns; only keys are cut where room is short."""
    others = sum(max((cell_len(row[k]) for row in rows), default=0) for k in (0, 2, 3))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    width = max(1, columns - others - 3 * 2)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=width)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row, style="" if row[3] else "dim")
    return table


def _format_task(slot: int, task: RunningTask | None, now: float) -> tuple[str, ...]:
    if task is None:
        return str(slot + 1), "idle", "", ""
    elapsed = format_clock(now - task.began_at)
    if task.expected_seconds is not None:
        elapsed += f" / ~{format_clock(task.expected_seconds)}"
    name = f"{task.key} {task.description}" if task.description else task.key
    return str(slot + 1), name, task.part, elapsed


def _format_stage(standing: Standing, now: float) -> str:
    """Return what is done now, and for how long if no worker shows that time passes."""
    if standing.tasks or standing.stage_at is None:
        return standing.stage
    return f"{standing.stage} {format_clock(now - standing.stage_at)}"


def _join(*parts: str | tuple[str, str]) -> Text:
    text = Text.assemble(*parts)
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
