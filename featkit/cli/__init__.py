"""The command line: ``featkit ...``; one file for each command, with its options and what it runs."""

import argparse
import sys
import warnings

from .. import __version__
from ..exceptions import FeatkitError
from . import benchmark, cut_out, extract, measure, predict, teach, warm_up
from .faces import compare_faces, faces, train_verifier

COMMANDS = (benchmark, compare_faces, cut_out, extract, faces, measure, predict, teach, train_verifier, warm_up)


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line, with the options of every command.

    Returns
    -------
    parser : argparse.ArgumentParser
        What tools for shell completion ask for.
    """
    parser = argparse.ArgumentParser(
        prog="featkit",
        description="Classical image features.",
        epilog="examples:\n"
        "  featkit benchmark photos --quick --report report.html   do features beat raw pixels here?\n"
        "  featkit extract photos --out features                   features as a Parquet dataset\n"
        "  featkit measure photos --out a.csv --scale coin:23.25   every object on photos, in millimetres\n"
        "  featkit COMMAND --help                                  options and examples of a command",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"featkit {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add_command(commands)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : list of str or None, default=None
        Words of the command line; None takes those of the process.

    Returns
    -------
    code : int
        0 when all went well, 1 when the work was done but parts of the input could not be used (the summary says
        which), 2 when the input was at fault and nothing came of it (the reason is printed), 3 when a verifier says
        that two faces do not match, 130 when it was stopped from the keyboard.
    """
    options = make_parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _print_warning
            return options.run(options) or 0
    except (FeatkitError, ValueError, OSError) as error:
        notes = "".join(f"\n  {note}" for note in getattr(error, "__notes__", ()))
        print(f"featkit: {error}{notes}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nStopped; featkit {options.command} did not come to its end.", file=sys.stderr)
        return 130


def _print_warning(message: Warning | str, *place: object, **details: object) -> None:
    """What a user of the command line needs of a warning: its words, not the line of code that gave it."""
    print(f"featkit: {message}", file=sys.stderr)
