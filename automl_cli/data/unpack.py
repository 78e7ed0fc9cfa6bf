"""From a file to the bytes of one table: decompression, encoding, and refusing what is no table."""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.core.errors import DataError

NUL = b"\x00"
GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
PAGES = (b"<!doctype", b"<html", b"<?xml")
GIT_LFS = b"version https://git-lfs.github.com/spec/"
CONTROLS = bytes(range(1, 9)) + bytes(range(14, 26)) + bytes(range(27, 32))  # in no text
START_BYTES = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The bytes of one table.

    Parameters
    ----------
    name
        The path as the user gave it, for messages.
    data
        A parquet file, or csv text in UTF-8 without a byte order mark.
    is_parquet
        Which of both.
    has_mark
        Whether the csv text began with a byte order mark of UTF-8.
    notes
        What was noticed, such as an unusual encoding.
    """

    name: str
    data: bytes
    is_parquet: bool
    has_mark: bool = False
    notes: tuple[str, ...] = ()

    def text_start(self, n_characters: int) -> str:
        """Return the first characters of the csv text."""
        return self.data[: 4 * n_characters].decode(errors="ignore")[:n_characters]


def unpack(path: Path) -> Unpacked:
    """Return the table inside `path`; the content decides what it is, not the name.

    Raises
    ------
    DataError
        If the file cannot be opened or holds no table.
    """
    name = str(path)
    data = _decompress(name, _open(path))
    if data.startswith(PARQUET):
        return Unpacked(name=name, data=data, is_parquet=True)
    text, notes = _to_utf8(data)
    check_start(name, text[:START_BYTES])
    text, notes = _strip_nul(name, text, notes)
    has_mark = data.startswith(MARKS[0][0])
    return Unpacked(name=name, data=text, is_parquet=False, has_mark=has_mark, notes=notes)


def check_start(name: str, start: bytes) -> None:
    """Refuse what is no table, by the start of its text in UTF-8.

    Raises
    ------
    DataError
        If it is empty, a page, JSON, or a pointer of Git LFS.
    """
    start = start.lstrip()
    if not start.strip(NUL):
        raise DataError(f"{name}: the file is empty.", hint="Give a file with a header and rows.")
    if start[:20].lower().startswith(PAGES):
        raise DataError(
            f"{name}: a web page, expected a table.",
            hint="Download the file again while signed in.",
        )
    if start[:1] in (b"{", b"["):
        raise DataError(
            f"{name}: JSON, expected a table.", hint="Convert it to csv or parquet first."
        )
    if start.startswith(GIT_LFS):
        raise DataError(
            f"{name}: a pointer of Git LFS, expected the table it stands for.",
            hint="Run `git lfs pull` in its repository, which fetches the file itself.",
        )


def _strip_nul(name: str, text: bytes, notes: tuple[str, ...]) -> tuple[bytes, tuple[str, ...]]:
    """Return a text without the NUL bytes that some programs write; refuse what is no text."""
    if NUL not in text:
        return text, notes
    start = text[:START_BYTES]
    if NUL in start and (notes or start.translate(None, CONTROLS) != start):
        raise DataError(
            f"{name}: binary data, expected a csv or parquet table.",
            hint="Give a csv, csv.gz, zip or parquet file.",
        )
    line = text.count(b"\n", 0, text.index(NUL)) + 1
    note = f"NUL bytes left out ({text.count(NUL):,}, the first in line {line})"
    return text.replace(NUL, b""), (*notes, note)


def _open(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file.", hint="Check the path.") from error
    except IsADirectoryError as error:
        raise DataError(
            f"{path}: a folder, expected a file.", hint="Give the path of a table."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"{path}: not readable: {reason}.", hint="Check the file's permissions and the disk."
        ) from error


def _decompress(name: str, data: bytes) -> bytes:
    import gzip
    import zipfile
    import zlib

    try:
        if data.startswith(GZIP):
            return gzip.decompress(data)
        if data.startswith(ZIP):
            return _only_member(name, data)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(
            f"{name}: a damaged archive: {error}.",
            hint="The file may be cut off; copy or download it again.",
        ) from error
    return data


def _only_member(name: str, data: bytes) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [item for item in archive.namelist() if not item.endswith("/")]
        if "[Content_Types].xml" in members:
            raise DataError(
                f"{name}: an office document, expected a table.",
                hint="Save the sheet as csv and give that file.",
            )
        tables = [item for item in members if not item.startswith("__MACOSX")]
        if len(tables) != 1:
            shown = ", ".join(tables[:5]) or "none"
            raise DataError(
                f"{name}: {len(tables)} files in the archive, expected one table: {shown}.",
                hint="Unpack the archive and give the path of the table.",
            )
        return archive.read(tables[0])


def _to_utf8(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            if encoding == "utf-8":
                return _to_utf8(data[len(mark) :])
            return data.decode(encoding, errors="replace").encode(), (f"read as {encoding}",)
    unmarked = _find_unmarked(data)
    if unmarked:
        return data.decode(unmarked, errors="replace").encode(), (f"read as {unmarked}",)
    if data.isascii():
        return data, ()
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        # Windows-1252 leaves five bytes undefined; Latin-1 gives every byte a meaning.
        for encoding in ("cp1252", "latin-1"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return text.encode(), (f"not UTF-8 (line {line}), read as {encoding}",)
    return data, ()


def _find_unmarked(data: bytes) -> str | None:
    """Return the encoding of a text in UTF-16 without a mark: every second byte is 0."""
    start = data[: START_BYTES - START_BYTES % 2]
    zeros = [start[half::2].count(NUL) > 0.9 * len(start) / 2 for half in (0, 1)]
    if not any(zeros) or all(zeros):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"
