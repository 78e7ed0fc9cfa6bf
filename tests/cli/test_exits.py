"""A command ends with its own exit code, however busy the machine and whatever threads are left."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

FULL = Path("/dev/full")
EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"


def run(*words: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=120
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", (0, "", "")),
        ("raise SystemExit(130)", (130, "", "")),
        ("raise SystemExit('what it says')", (1, "", "what it says\n")),
        ("print('unflushed', end='')", (0, "unflushed", "")),
        ("atexit.register(print, 'last words')", (0, "last words\n", "")),
        ("threading.Thread(target=slow).start()", (0, "done\n", "")),
        ("threading.Thread(target=forever, daemon=True).start()", (0, "", "")),
    ],
)
def test_what_python_has_begun_is_ended_first(body: str, expected: tuple[int, str, str]):
    script = f"""
import atexit, threading, time
from automl_cli.cli.exits import run_and_exit
def slow():
    time.sleep(0.2)
    print("done")
def forever():
    time.sleep(60)
def command():
    {body}
run_and_exit(command)
"""
    assert run("-c", script) == expected


@pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is full")
def test_output_that_is_lost_at_the_end_is_no_success():
    script = "from automl_cli.cli.exits import run_and_exit; run_and_exit(lambda: print('x'))"
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    with FULL.open("w") as full:
        words = [sys.executable, "-c", script]
        ended = subprocess.run(words, stdout=full, env=buffered, check=False)
    assert ended.returncode == 2


def test_a_bug_is_shown_as_a_traceback():
    script = "from automl_cli.cli.exits import run_and_exit; run_and_exit(lambda: 1 / 0)"
    code, _, said = run("-c", script)
    assert code == 1
    assert said.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_commands_under_load_end_with_their_own_codes():
    wanted = [(("audit", str(EXAMPLE)), 0), (("list", "metrics"), 0), (("audit", "nowhere"), 2)] * 3
    with ThreadPoolExecutor(6) as threads:
        ended = threads.map(lambda one: run("-m", "automl_cli", *one[0])[0], wanted)
    assert list(ended) == [code for _, code in wanted]
