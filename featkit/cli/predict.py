"""``featkit predict MODEL IMAGES``: apply a saved model to new images."""

import argparse
import sys

from ..exceptions import counted
from ._pages import add_pages_option


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "predict",
        help="apply a saved model to new images",
        epilog="example:\n  featkit predict model.skops new_photos --out predictions.csv",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", help="file made by featkit.save_model")
    parser.add_argument(
        "images", help="folder, image, CSV file with a column 'path', tar file, 'shards/*.tar', or a URL"
    )
    parser.add_argument(
        "--out", default="predictions.csv", metavar="FILE", help="ends in .csv or .parquet (default: %(default)s)"
    )
    parser.add_argument("--trust", action="append", default=[], metavar="TYPE", help="allow a type in the model file")
    add_pages_option(parser)
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Load, predict, say what came of it."""
    from ..extraction.prediction import predict_to_file
    from ..persistence import load_model

    model = load_model(options.model, trusted=options.trust)
    try:
        done = predict_to_file(model, options.images, options.out, pages=options.pages, n_jobs=options.jobs)
    except KeyboardInterrupt:
        print(f"\nStopped; {options.out} is as it was before.", file=sys.stderr)
        return 130
    print(f"{counted(done.n_images, 'prediction')} in {options.out}")
    if done.n_errors:
        print(f"{counted(done.n_errors, 'image')} could not be used: see the column 'error'")
    return int(done.n_errors > 0)
