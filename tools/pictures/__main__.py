"""``python -m pictures FOLDER``: draw the pictures anew."""

import sys
from pathlib import Path

from pictures.diagrams import DIAGRAMS
from pictures.terminal import draw_run

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in DIAGRAMS.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
    (folder / "run.svg").write_text(draw_run(Path("examples/penguins")), encoding="utf-8")
