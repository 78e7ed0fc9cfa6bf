"""The terminal while something is drawn on it, and after."""

import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from automl_cli.cli.console import RunConsole, make_console
from automl_cli.cli.live import is_live, keep_drawing
from automl_cli.cli.status import show_status
from automl_cli.core.events import Event

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

SHOW, HIDE, UP = "\x1b[?25h", "\x1b[?25l", "\x1b[1A"
PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def open_console(columns: int = 80, environ: dict[str, str] | None = None) -> Console:
    given = {"TERM": "xterm-256color"} if environ is None else environ
    return Console(file=Terminal(), force_terminal=True, width=columns, height=24, _environ=given)


def read(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "environ",
    [{"CI": "true"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}],
)
def test_a_log_or_a_plain_terminal_is_not_drawn_on(environ: dict[str, str]) -> None:
    assert is_live(open_console(), {})
    assert is_live(open_console(), {"CI": "false", "NO_COLOR": ""})
    assert not is_live(open_console(environ=environ), environ)


def test_colour_forced_on_a_file_makes_no_terminal_of_it() -> None:
    assert not is_live(Console(file=io.StringIO(), force_terminal=True), {})


def test_what_is_printed_stays_above_what_is_drawn() -> None:
    console = open_console()
    with keep_drawing(console, lambda _: Text("drawn")):
        console.print("printed")
    text = read(console)
    assert "printed\n" in text
    assert text.index("printed") < text.rindex("drawn")
    assert text.rstrip().endswith("\x1b[2K")  # the drawing is wiped out at the end


def test_an_error_leaves_the_terminal_as_it_was() -> None:
    console = open_console()
    with pytest.raises(ZeroDivisionError), keep_drawing(console, lambda _: Text("drawn")):
        raise ZeroDivisionError
    text = read(console)
    assert text.count(HIDE) == text.count(SHOW) == 1
    assert text.index(HIDE) < text.index(SHOW)


def test_no_line_is_as_wide_as_the_terminal() -> None:
    console = open_console(40)
    with keep_drawing(console, lambda _: Text("x" * 200, no_wrap=True, overflow="ellipsis")):
        console.print("y" * 100, soft_wrap=True)
    drawn = re.findall(r"x+…", read(console))
    assert {len(line) for line in drawn} == {37}


def test_lines_that_a_narrower_terminal_has_wrapped_are_wiped_out_too() -> None:
    console = open_console(80)
    with keep_drawing(console, lambda space: Text("\n".join(["x" * (space.columns - 5)] * 3))):
        console.width = 50  # now 75 columns are two lines each
        before = len(read(console))
        console.print("a line")
        assert read(console)[before:].split("a line")[0].count(UP) == 3 + 2
        before = len(read(console))
        console.print("a line")
        assert read(console)[before:].split("a line")[0].count(UP) == 2


def test_without_a_terminal_lines_are_dated_and_nothing_is_drawn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with make_console(quiet=False) as console:
        console.listen(Event(kind="stage", fields={"name": "blending"}))
        console.listen(Event(kind="warning", fields={"message": "too little memory"}))
    told = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d warning: too little memory\n", told)


def test_quiet_tells_errors_only(capsys: pytest.CaptureFixture[str]) -> None:
    finding = {"severity": "error", "message": "A leak.", "advice": "Drop it."}
    with make_console(quiet=True) as console:
        console.listen(Event(kind="warning", fields={"message": "too little memory"}))
        console.listen(Event(kind="audited", fields={"findings": [finding]}))
    assert capsys.readouterr().err.partition(" error: ")[2] == "A leak. Drop it.\n"


def test_lines_on_a_terminal_are_not_dated() -> None:
    console = open_console()
    RunConsole(console, is_dated=False).listen(
        Event(kind="failed", fields={"key": "mlp-1", "error": "it diverged"})
    )
    assert "mlp-1 failed: it diverged" in read(console).splitlines()[0][:40]


def test_a_log_has_a_line_of_what_takes_long_and_none_of_what_does_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with show_status("auditing the tables") as listener:
        listener(Event(kind="stage", fields={"name": "reading"}))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("automl_cli.cli.status.PATIENCE_SECONDS", 0.0)
    with show_status("auditing the tables") as listener:
        for _ in range(50):  # the line comes from another thread
            listener(Event(kind="stage", fields={"name": "reading"}))
            if told := capsys.readouterr().err:
                break
            time.sleep(0.1)
    assert re.fullmatch(r"[\d:\- ]{19} auditing the tables\n", told)


@pytest.mark.parametrize("words", [["fit", "--target", "nope"], ["fit", "--preset", "smoke"]])
def test_a_command_gives_the_terminal_back(words: list[str], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environ = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR")}
    environ |= {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "automl_cli", words[0], str(PENGUINS), *words[1:]]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "run")],
        stderr=theirs,
        stdout=subprocess.PIPE,
        env=environ,
    ) as process:
        os.close(theirs)
        told = _read_all(ours)
    assert process.returncode == (2 if "nope" in words else 0)
    assert told.rindex(SHOW) > told.rindex(HIDE)
    assert ("idle" in told) == ("nope" not in words)
    assert "hint: " in told or "ensemble for species" in told


def _read_all(descriptor: int) -> str:
    text = b""
    with open(descriptor, "rb", buffering=0) as file:
        while True:
            try:
                part = file.read(4096)
            except OSError:  # what Linux says when the other side is closed
                break
            if not part:
                break
            text += part
    return text.decode(errors="replace")
