"""The command line: parse, call, print. Commands are loaded when they are called, so that `--help` starts at once."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import os
import sys
from typing import TextIO

import click

from audit import __version__
from audit.errors import COULD_NOT_JUDGE, AuditError

COMMANDS = {
    "run": "Audit exports: read, judge, score, and write the scorecard.",
    "lint": "Judge reply templates in files and folders.",
    "baseline": "Keep known findings of lint apart from new ones.",
    "render": "Write the outputs of an audit again, without judging again.",
    "compare": "Compare two results, or two periods of one database.",
    "judge": "Judge rows of a file; one JSON line out per row.",
    "evaluate": "Compare verdicts with labels made by people.",
    "rules": "List, show, test and make rules.",
    "init": "Write a commented reply-audit.toml.",
    "forget": "Erase one person from a database.",
    "completion": "Print the completion script of a shell.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules of audit.commands, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return importlib.import_module(f"audit.commands.{name}").command  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reply-audit")
def group() -> None:
    """Audits a brand's replies to its customers. Offline; Russian, Polish, English.

    Exit codes: 0 done, 1 what you asked to fail on, 2 could not judge, 3 nothing to judge.
    """


def main() -> None:
    """Entry point of the command `reply-audit`."""
    _prepare()
    code = _ended()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            code = _flushed(stream, told=code > 0) or code
    os._exit(code)  # all is closed and written; to take the tables of a long audit apart takes as long as to write its page


def _ended() -> int:
    """The exit code, the command done."""
    try:
        return group.main(standalone_mode=False) or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except AuditError as error:
        _complain(str(error))
        return error.exit_code
    except click.exceptions.Abort:
        _complain("stopped")
    except click.ClickException as error:
        error.show()
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
    return COULD_NOT_JUDGE


def _flushed(stream: TextIO, *, told: bool) -> int:
    """0, or the code that says that what is left to write could not be written; why, where no fault was `told` yet."""
    try:
        stream.flush()
    except OSError as error:
        if not told and error.errno != errno.EPIPE and stream is not sys.stderr:
            _complain(f"cannot write: {error.strerror}")
        return COULD_NOT_JUDGE
    return 0


_POLARS = "dirty_decay_ms:500,muzzy_decay_ms:1000"
"""What polars sets for its allocator, and hands on to child processes."""


def _prepare() -> None:
    """Settings of a batch process, made before the libraries that they are for are loaded; what the user has set stands."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small here: a second thread would wait more than it works
    # polars hands memory back at once and asks for it again at the next step; for a few seconds it may keep it. What stands last counts.
    kept = f"narenas:{os.cpu_count() or 2},dirty_decay_ms:5000,muzzy_decay_ms:5000"
    own = os.environ.get("_RJEM_MALLOC_CONF", "").replace(_POLARS, "").strip(",")
    os.environ["_RJEM_MALLOC_CONF"] = f"{kept},{own}" if own and own != kept else kept
    gc.set_threshold(200_000)  # the many objects are arrays and texts, which hold no circles


def _complain(message: str) -> None:
    from audit.terminal import plain

    click.echo(f"reply-audit: {plain(message)}", err=True)
