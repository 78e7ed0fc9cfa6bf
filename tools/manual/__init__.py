"""The pages of the documents that are made from the code, so that both always agree.

write_pages(Path("docs"))       # `make docs`; a test compares what is there with this
"""

from pathlib import Path

from manual.commands import make_commands_page
from manual.keys import make_keys_page
from manual.payloads import make_payload_pages
from manual.tables import make_tables_page

__all__ = ["make_pages", "write_pages"]


def write_pages(folder: Path) -> None:
    """Write all pages, and the schemas of what `--json` prints."""
    for name, text in make_pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_pages() -> dict[str, str]:
    """Return the text of each page by its path below `docs`."""
    return {
        "commands.md": make_commands_page(),
        "config.md": make_keys_page(),
        "tables.md": make_tables_page(),
        **make_payload_pages(),
    }
