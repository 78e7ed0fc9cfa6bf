"""Whether a submission is a file that competitions read: csv in UTF-8, divided by commas.

Tables are read in many forms (`automl_cli.data.read`); what is handed in has this one.
"""

from pathlib import Path

from automl_cli.core.errors import DataError
from automl_cli.data.read import SNIFF_CHARACTERS, find_delimiter
from automl_cli.data.unpack import unpack

SPELLED = {";": "semicolons", "\t": "tabs", "|": "bars"}


def check_form(path: Path) -> None:
    """Refuse a file that this program can read and a competition cannot.

    Raises
    ------
    DataError
        If it is no plain csv in UTF-8 with commas, or cannot be read at all.
    """
    unpacked = unpack(path)
    if unpacked.is_parquet:
        raise DataError(
            f"{path}: a parquet file, expected csv.",
            hint="Write it with frame.to_csv(path, index=False).",
        )
    if unpacked.has_mark or unpacked.notes:
        came = "a byte order mark at its start" if unpacked.has_mark else unpacked.notes[0]
        raise DataError(
            f"{path}: {came}, expected plain UTF-8.",
            hint='Save it as UTF-8 without a mark (encoding="utf-8").',
        )
    start = unpacked.text_start(SNIFF_CHARACTERS)
    delimiter = find_delimiter(start, is_whole=len(start) < SNIFF_CHARACTERS)
    if delimiter in SPELLED:
        raise DataError(
            f"{path}: cells divided by {SPELLED[delimiter]}, expected commas.",
            hint="Write it with commas between cells, and a point in decimal numbers.",
        )
