"""``featkit train-verifier FOLDER``: learn from photos of many people whether two faces are one person's."""

import argparse

from ...exceptions import counted

EXAMPLES = """\
example:
  featkit train-verifier people --out verifier.skops
  featkit compare-faces one.jpg other.jpg --verifier verifier.skops

FOLDER has a subfolder of photos for each person: at least four people with two photos, better a hundred. Take photos
like those that will be compared, of other people. What is learnt is no proof of identity, and error rates differ
between groups of people: measure them on yours. You need the right to use the photos.
"""


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "train-verifier",
        help="learn from photos of many people whether two faces are one person's",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", help="folder with a subfolder of photos for each person")
    parser.add_argument("--out", default="verifier.skops", metavar="FILE", help="file to write (default: %(default)s)")
    parser.add_argument(
        "--false-match-rate",
        type=float,
        default=0.01,
        metavar="RATE",
        help="fraction of pairs of strangers that may match (default: %(default)s)",
    )
    parser.add_argument(
        "--max-photos", type=int, default=4000, metavar="N", help="learn from so many at most (default: %(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe the faces, learn, save, and say how well it tells people apart."""
    from ...faces.tables.train_matcher import train_matcher
    from ...persistence import save_model

    trained = train_matcher(
        options.folder,
        false_match_rate=options.false_match_rate,
        max_photos=options.max_photos,
        n_jobs=options.jobs,
    )
    matcher = trained.matcher
    save_model(matcher, options.out)
    print(f"Learnt from {matcher.n_faces_} faces of {matcher.n_persons_} people, it is in {options.out}")
    print(
        f"On people left out in turn: equal error rate {matcher.equal_error_rate_:.1%}; at a false match rate of "
        f"{options.false_match_rate:.1%}, {matcher.true_match_rate_:.1%} of the pairs of one person match."
    )
    if trained.without_face:
        print(f"{counted(len(trained.without_face), 'photo')} without a face, such as {trained.without_face[0]}")
    for path, error in trained.errors[:3]:
        print(f"{path}: {error}")
    if len(trained.errors) > 3:
        print(f"... and {counted(len(trained.errors) - 3, 'other photo')} that could not be read")
    return int(bool(trained.errors))
