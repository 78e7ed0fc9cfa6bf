"""How an entry of the catalogue makes its files.

An entry's `files` gives for each path its text, or a mapping with one of the makers below, or a
list of such that are applied in turn.
"""

import gzip
import io
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Content: TypeAlias = "str | Mapping[str, Any] | list[Content]"


def make_file(path: Path, content: Content) -> None:
    """Write a file as an entry says; `path` may hold one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif isinstance(content, list):
        for step in content:
            make_file(path, step)
    else:
        ((maker, value),) = content.items()
        made = MAKERS[maker](path, value)
        if made is not None:
            path.write_bytes(made)


def _repeat(_: Path, value: Mapping[str, Any]) -> bytes:
    return str(value["text"]).encode() * int(value["times"])


def _replace(path: Path, value: Mapping[str, str]) -> bytes:
    text = path.read_text(encoding="utf-8")
    for old, new in value.items():
        if old not in text:
            raise AssertionError(f"{path}: nothing to replace, no {old!r}")
        text = text.replace(old, new, 1)
    return text.encode()


def _table(_: Path, value: Mapping[str, Any]) -> bytes:
    return _make_frame(value).to_csv(index=False).encode()


def _make_frame(value: Mapping[str, Any]) -> pd.DataFrame:
    n_rows = int(value["rows"])
    columns = {}
    for name, cells in value["columns"].items():
        is_count = isinstance(cells, Mapping)
        columns[str(name)] = np.arange(n_rows) + cells["from"] if is_count else cells
    return pd.DataFrame(columns, index=range(n_rows))


def _parquet(_: Path, value: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(value).to_parquet(buffer)
    return buffer.getvalue()


def _zip(_: Path, value: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in value.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _npy(_: Path, value: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.full(value["shape"], value["fill"]))
    return buffer.getvalue()


def _delete(path: Path, _: object) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _delete_all(folder: Path, pattern: str) -> None:
    found = list(folder.glob(pattern))
    if not found:
        raise AssertionError(f"{folder}: nothing to delete, no {pattern!r}")
    for path in found:
        path.unlink()


MAKERS: Mapping[str, Callable[[Path, Any], bytes | None]] = {
    "hex": lambda _, value: bytes.fromhex(value),
    "repeat": _repeat,  # {text: ..., times: ...}
    "replace": _replace,  # {old: new} in what is there
    "append": lambda path, value: path.read_bytes() + str(value).encode(),
    "cut": lambda path, value: path.read_bytes()[:value],  # to so many bytes
    "encode": lambda path, value: path.read_text(encoding="utf-8").encode(value),
    "table": _table,  # {rows: ..., columns: {name: value or {from: 0}}}
    "parquet": _parquet,  # {name: [cells]}
    "gzip": lambda _, value: gzip.compress(value.encode()),
    "zip": _zip,  # {name: text}
    "npy": _npy,  # {shape: [...], fill: ...}
    "folder": lambda path, _: path.mkdir(),
    "delete": _delete,
    "delete_all": _delete_all,  # files of a folder that match a pattern
}
