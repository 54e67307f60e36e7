"""``featkit cut-out PHOTOS --out FOLDER``: transparent PNG files, one per image or per object."""

import argparse
import sys

from ..exceptions import counted

EXAMPLES = """\
examples:
  featkit cut-out photos --out cut
      one PNG for each photo, of its size, transparent around what is on it
  featkit cut-out sheets --out leaves --objects --min-size 500
      one PNG for each thing on a sheet of paper of at least 500 pixels, cropped to its box

FOLDER/cut_out.csv lists the files, and what could not be cut out. Run again, it goes on where it was stopped.
"""


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "cut-out",
        help="remove the background: transparent PNG files, one per image or per object",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", help="folder, image, CSV file with a column 'path', tar or zip file, or a URL")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the files go, not inside PHOTOS")
    parser.add_argument("--objects", action="store_true", help="a file for each object, cropped to its box")
    parser.add_argument("--split", action="store_true", help="part objects that touch")
    parser.add_argument("--min-size", type=float, metavar="PIXELS", help="leave out smaller objects")
    parser.add_argument(
        "--background", metavar="METHOD", help="auto, paper, otsu, grabcut, ... (default: paper for objects, else auto)"
    )
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger images (default: 1e8)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Cut out, and say what came of it."""
    from ..measurement.cut_out import TABLE, cut_out_to_folder

    if not options.objects and (options.split or options.min_size is not None):
        raise ValueError("Expected --split and --min-size with --objects only: a whole image has no objects.")
    try:
        done = cut_out_to_folder(
            options.photos,
            options.out,
            objects=options.objects,
            background=options.background,
            min_size=options.min_size,
            split=options.split,
            max_pixels=options.max_pixels,
            n_jobs=options.jobs,
        )
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from what is cut out.", file=sys.stderr)
        return 130
    kept = f", {counted(done.n_kept, 'image')} done before" if done.n_kept else ""
    print(f"{counted(done.n_files, 'file')} of {counted(done.n_images, 'image')} in {options.out}{kept}")
    if done.n_errors:
        print(f"{counted(done.n_errors, 'image')} gave none: see the column 'error' of {options.out}/{TABLE}")
    return int(done.n_errors > 0)
