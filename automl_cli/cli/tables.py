"""Tables of names and figures, as commands print them."""

from rich.table import Table

NAME_WIDTH = 12  # where room is short figures give way, for without its name a line says nothing


def make_table(first: str, *others: str) -> Table:
    """Return an empty table: names on the left, which may be folded, and figures on the right."""
    table = Table(box=None, pad_edge=False)
    table.add_column(first, overflow="fold", min_width=NAME_WIDTH)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
