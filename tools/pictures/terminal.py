"""A run as a terminal shows it, as SVG: what is drawn has really happened."""

import re
import shutil
import time
from contextlib import chdir
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from automl_cli.cli.console import RunConsole
from automl_cli.commands.fit import fit
from automl_cli.config.load import load_config
from automl_cli.run.session import FitRequest

WIDTH = 100  # columns
# The usual format asks a server for a font, and pictures must not ask anybody.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


class FoldingConsole(Console):
    """A console that folds long lines, which a terminal does for itself."""

    def print(self, *objects: object, **options: Any) -> None:  # noqa: ANN401  # as in Console
        """Print as `Console` does, within the width."""
        super().print(*objects, **{**options, "soft_wrap": False})


def draw_run(competition: Path) -> str:
    """Return the picture of a run with the preset smoke."""
    console = FoldingConsole(record=True, width=WIDTH, force_terminal=True, file=StringIO())
    command = f"automl fit {competition} --preset smoke"
    console.print(f"[bold]$ {command}[/bold]", highlight=False)
    source = competition.resolve()
    with TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(source, competition)
        shown = RunConsole(console)
        request = FitRequest(
            paths=(competition,), loaded=load_config(preset="smoke"), started_at=time.time()
        )
        shown.show_summary(fit(request, shown.listen))
    return console.export_svg(
        title=command, code_format=FORMAT.replace("Fira Code", "ui-monospace"), unique_id="run"
    )
