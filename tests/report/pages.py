"""What a page holds, as a parser sees it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "path", "use", "rect"}


@dataclass
class Page(HTMLParser):
    """Tags with their attributes, and all text outside of script and style."""

    text: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)

    def find(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        """Every id."""
        return [str(attrs["id"]) for _, attrs in self.tags if attrs.get("id")]

    @property
    def references(self) -> list[str]:
        """Whatever the page refers to."""
        named = [
            str(attrs[name])
            for _, attrs in self.tags
            for name in ("href", "src", "srcset", "action", "data", "poster")
            if attrs.get(name)
        ]
        return named + re.findall(r"url\(([^)]*)\)", self.text)
