"""What a page is made of: sections, and in them texts, tables, pictures and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from automl_cli.core.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table.

    Parameters
    ----------
    text
        What it shows.
    order
        What its column is sorted by; None: the text.
    """

    text: str
    order: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of a table.

    Parameters
    ----------
    text
        Its name.
    kind
        ``number`` columns are aligned to the right, ``code`` is set in a fixed width.
    """

    text: str
    kind: Literal["text", "number", "code"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings.

    Parameters
    ----------
    caption
        What the table is of.
    headings
        One a column.
    rows
        The cells of each row.
    folded
        True if the page shows it only when asked to.
    """

    caption: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A plot.

    Parameters
    ----------
    name
        What it is of: its accessible name.
    caption
        What one sees in it, in plain words with the figures.
    svg
        The drawing, as `automl_cli.report.drawing` makes it.
    """

    name: str
    caption: str
    svg: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Plots that stand side by side where the page is wide enough."""

    pictures: Sequence[Picture]
    kind: Literal["pictures"] = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text
        What it says; `this` is set as code.
    summary
        The line behind which the page folds it; empty: it is not folded.
    """

    text: str
    summary: str = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtitle:
    """A title within a section."""

    text: str
    kind: Literal["subtitle"] = "subtitle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A finding of the audit."""

    severity: Severity
    code: str
    message: str
    advice: str
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Text that is meant to be copied, such as a config."""

    caption: str
    text: str
    kind: Literal["listing"] = "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The few numbers that matter most, as (what, value, remark)."""

    figures: Sequence[tuple[str, str, str]]
    kind: Literal["figures"] = "figures"


Block: TypeAlias = Table | Pictures | Paragraph | Subtitle | Notice | Listing | Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page with an entry in its table of contents.

    Parameters
    ----------
    name
        Its anchor.
    title
        Its title.
    blocks
        What stands in it, in order.
    """

    name: str
    title: str
    blocks: Sequence[Block]
