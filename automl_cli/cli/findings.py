"""How findings of an audit are shown, and when they end a command."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from automl_cli.cli.terminal import open_console, print_hanging, print_line
from automl_cli.core.counts import format_count
from automl_cli.core.errors import ConfigError, DataError
from automl_cli.core.finding import SEVERITIES

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def check_severity(name: str | None) -> None:
    """Refuse a word that is no severity.

    Raises
    ------
    ConfigError
        If it is none.
    """
    if name is not None and name not in SEVERITIES:
        raise ConfigError(
            f"--fail-on: {name!r} is not a severity.", hint=f"Use one of {', '.join(SEVERITIES)}."
        )


def print_survey(survey: Mapping[str, Any]) -> None:
    """Print what was inferred and found to stdout."""
    console = open_console()
    for what, value, reason in survey["facts"]:
        print_line(console, Text(f"{what}: {value} ({reason})", style="dim"))
    print_findings(console, survey["findings"])
    if not survey["findings"]:
        console.print("nothing found.", highlight=False)


def print_check(checked: Mapping[str, Any]) -> None:
    """Print what is odd about a valid submission."""
    console = open_console()
    rows, columns = f"{checked['rows']:,} rows", ", ".join(checked["columns"])
    message = f"{checked['submission']} is a valid submission: {rows}; columns {columns}"
    print_line(console, message)
    print_findings(console, checked["findings"])


def print_findings(console: Console, findings: Sequence[Mapping[str, Any]]) -> None:
    """Print each finding and what to do about it."""
    for finding in findings:
        severity = finding["severity"]
        body = Text.assemble(finding["message"], " ", (f"[{finding['code']}]", "dim"))
        print_hanging(console, Text(f"{severity:<8}", style=STYLES[severity]), body)
        print_hanging(console, Text(" " * 8), Text(finding["advice"], style="dim"))
        for key, value in finding["fix"].items():
            print_line(console, f"        {key}: {value}", highlight=False)


def exit_on_severity(findings: Sequence[Mapping[str, Any]], severity: str | None) -> None:
    """End the command if a finding is as grave as this.

    Raises
    ------
    DataError
        If there is one.
    """
    if severity is None:
        return
    limit = SEVERITIES.index(severity)
    grave = [one for one in findings if SEVERITIES.index(one["severity"]) <= limit]
    if grave:
        raise DataError(
            f"{format_count(len(grave), 'finding')} of severity {severity} or worse; the first: "
            f"{grave[0]['message']}",
            hint=grave[0]["advice"],
        )
