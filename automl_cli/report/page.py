"""Sections to one HTML file that needs nothing else: style, script and plots stand in it."""

from collections.abc import Sequence
from importlib.resources import files

from automl_cli.report.section import Section

PACKAGE = "automl_cli.report"


def render(sections: Sequence[Section], *, title: str, lead: str, footer: str) -> str:
    """Return the page.

    Every text is escaped: names and values come from tables that anybody may have written. Only
    the drawings are markup, and their texts were escaped when they were drawn.

    Parameters
    ----------
    sections
        In their order.
    title, lead
        What stands on top.
    footer
        What stands at the end.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2").render(
        sections=sections,
        title=title,
        lead=lead,
        footer=footer,
        css=_read("page.css"),
        script=_read("page.js"),
    )


def _read(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").strip()
