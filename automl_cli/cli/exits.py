"""How the process of a command ends: by one way out, with the command's own exit code.

On a busy machine commands that had answered already were seen to end by ``std::terminate``, with
exit code 134: what C++ does when a library's thread (pyarrow's pools, OpenMP's teams) is destroyed
while it runs. Which thread it was is not known. So everything that belongs to Python is ended in
order here, and the rest is left to the system.
"""

import atexit
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import NoReturn

EXIT_BUG, EXIT_LOST = 1, 2


def run_and_exit(run: Callable[[], object]) -> NoReturn:
    """Run a command line and end the process with its exit code.

    Parameters
    ----------
    run
        What raises `SystemExit`, or returns for 0. Anything else that it raises is a bug: it is
        shown as a traceback.
    """
    try:
        run()
        code = 0
    except SystemExit as end:
        code = _read_code(end)
    except BaseException:  # noqa: BLE001 (shown whole, as the interpreter would)
        traceback.print_exc()
        code = EXIT_BUG
    exit_process(code)


def exit_process(code: int) -> NoReturn:
    """End the process: threads and exit handlers of Python first, nothing of C++ after them."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # as the interpreter would; os._exit leaves it out
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # no place for what it still held
            code = code or EXIT_LOST
    os._exit(code)


def _read_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return EXIT_BUG
