"""``python -m manual FOLDER``: write the pages anew."""

import sys
from pathlib import Path

from manual import write_pages

if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
