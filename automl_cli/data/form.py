"""Whether a submission is a file that competitions read: csv in UTF-8, divided by commas.

Tables are read in many forms (`automl_cli.data.read`); what is handed in has this one.
"""

from pathlib import Path

from automl_cli.core.errors import DataError
from automl_cli.data.csv_reader import detect_layout
from automl_cli.data.layout import Layout
from automl_cli.data.read import read_table
from automl_cli.data.unpack import unpack

SPELLED = {";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}


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
    layout = detect_layout(unpacked)
    if layout.delimiter in SPELLED:
        raise DataError(
            f"{path}: cells separated by {SPELLED[layout.delimiter]}, expected commas.",
            hint="Write it with commas between cells, and a point in decimal numbers.",
        )
    _check_lines(path, layout)


def _check_lines(path: Path, layout: Layout) -> None:
    hint = "Write it with frame.to_csv(path, index=False)."
    if layout.n_above:
        came = f"the header is in line {layout.n_above + 1}, expected it in the first line"
        raise DataError(f"{path}: {came}.", hint=hint)
    if layout.is_padded:
        raise DataError(f"{path}: blanks beside the commas, expected none.", hint=hint)
    if not layout.names[-1]:
        raise DataError(f"{path}: a comma at the end of lines, expected none.", hint=hint)
    repeated = read_table(path).repeated
    if repeated:
        raise DataError(
            f"{path}: the header is repeated in line {repeated[0]}, expected it once.",
            hint="Remove the line.",
        )
