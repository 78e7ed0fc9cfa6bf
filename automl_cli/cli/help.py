"""How `--help` calls what a command takes."""

import re
from typing import Any

import typer
from typer.core import TyperCommand

LISTED = re.compile(r"<list\[(\w+)\]>")


# Typer names only one of its mistakes of usage, which all derive from one class.
MISUSE: type[Any] = typer.BadParameter.__mro__[1]


class Command(TyperCommand):
    """A command whose help names what a list holds, and whose mistakes name the help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer keeps its click private
        """Read the words of the command line."""
        try:
            return super().parse_args(ctx, args)
        except MISUSE as error:
            error.ctx = error.ctx or ctx  # without it the way to the help is not shown
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer keeps its click private
        """Write each argument and option with what it is for."""
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            params = [one for one in self.get_params(ctx) if one.param_type_name == kind]
            rows = list(filter(None, (describe_option(one, ctx) for one in params)))
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def describe_option(param: Any, ctx: Any) -> tuple[str, str] | None:  # noqa: ANN401  # typer keeps its click private
    """Return how an argument or an option is given, and what it is for; None if it is hidden."""
    record = param.get_help_record(ctx)
    return record and (LISTED.sub(_name_item, record[0]), record[1])


def _name_item(found: re.Match[str]) -> str:
    return f"<{found[1].casefold()}>"
