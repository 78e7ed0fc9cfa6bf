"""Code that runs out of space."""

import subprocess
import sys

LIMITED = """
import resource, signal, sys
from pathlib import Path
from automl_cli.core.errors import AutomlError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    exec(sys.argv[1])
except AutomlError as error:
    print(error.message)
"""


def run_on_full_disk(code: str) -> str:
    """Run code whose files cannot grow over 3000 bytes; return the user error it ends in."""
    words = [sys.executable, "-c", LIMITED, code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.strip()
