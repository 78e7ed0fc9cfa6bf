"""Sections to one HTML file that needs nothing else: style, script and plots stand in it."""

import math
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from automl_cli.report.section import Section

if TYPE_CHECKING:
    from markupsafe import Markup

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
    environment.filters["prose"] = mark_code
    environment.tests["finite"] = lambda order: order is not None and math.isfinite(order)
    return environment.get_template("page.html.j2").render(
        sections=sections,
        title=title,
        lead=lead,
        footer=footer,
        css=_read("page.css"),
        script=_read("page.js"),
    )


def mark_code(text: str) -> "Markup":
    """Return a text as markup in which `this` is code.

    Examples
    --------
    >>> str(mark_code("see `a < b` & <i>"))
    'see <code>a &lt; b</code> &amp; &lt;i&gt;'
    """
    from markupsafe import Markup, escape

    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped)


def _read(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").strip()
