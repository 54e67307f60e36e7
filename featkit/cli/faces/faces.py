"""``featkit faces PHOTOS --out faces.csv``: every face on photos, one row each, measured, and whose it is."""

import argparse
import sys

from ...exceptions import counted

EXAMPLES = """\
examples:
  featkit faces photos --out faces.csv --check-pictures checks
      box, tilt, quality, 68 landmarks, geometry, openings of eyes and mouth, asymmetry and pose of every face;
      look at the pictures in checks before you believe the numbers
  featkit faces photos --out faces.csv --names "{name}_*"
      with the names that files such as anna_01.jpg tell; --names folder takes those of their folders
  featkit faces photos --out faces.csv --known people --verifier verifier.skops
      who of the people in the folder (one subfolder or one photo each) is on which photo, or nobody
  featkit faces photos --out faces.csv --pairs scores.csv
      and the similarity of all pairs of faces
  featkit faces photos --out faces.csv --landmarks points.csv --scheme wflw
      with the points of another detector, in a file that names the photos (imglab's XML, lists, CSV)

No score proves an identity. A photo without a face has one row; a file that cannot be read has its reason in the
column error. Run again, it goes on where it was stopped.
"""


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "faces",
        help="measure every face on photos, and tell whose it is",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", help="folder, image, CSV file with a column 'path', tar or zip file, or a URL")
    parser.add_argument("--out", required=True, metavar="FILE", help="table to write, ends in .csv or .parquet")
    parser.add_argument("--face", default="all", choices=("all", "largest", "central"), help="which (default: all)")
    parser.add_argument("--landmarks", metavar="FILE", help="points of another detector, instead of looking for faces")
    parser.add_argument("--scheme", default="300w", metavar="NAME", help="what these are, such as wflw (default: 300w)")
    parser.add_argument("--names", metavar="PATTERN", help='column of names: folder, or a pattern such as "{name}_*"')
    parser.add_argument("--known", metavar="FOLDER", help="photos of known people: a subfolder or a photo each")
    parser.add_argument("--threshold", type=float, metavar="SCORE", help="least score of a match (default: verifier's)")
    parser.add_argument("--verifier", metavar="FILE", help="made by featkit train-verifier; gives probabilities")
    parser.add_argument("--pairs", metavar="FILE", help="also write the scores of all pairs of faces, as CSV")
    parser.add_argument("--check-pictures", metavar="FOLDER", help="draw the faces of every photo")
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger photos (default: 1e8)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Find, measure, and say what came of it."""
    from ...faces.tables.faces_to_file import faces_to_file
    from ...faces.tables.load_matcher import load_matcher

    try:
        done = faces_to_file(
            options.photos,
            options.out,
            which=options.face,
            landmarks=options.landmarks,
            scheme=options.scheme,
            names=options.names,
            known=options.known,
            threshold=options.threshold,
            verifier=load_matcher(options.verifier) if options.verifier else None,
            pairs=options.pairs,
            check_pictures=options.check_pictures,
            max_pixels=options.max_pixels,
            n_jobs=options.jobs,
        )
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from what is done.", file=sys.stderr)
        return 130
    kept = f", {done.n_kept} done before" if done.n_kept else ""
    print(f"{counted(done.n_faces, 'face')} on {counted(done.n_images, 'photo')} in {options.out}{kept}")
    if done.n_without_face:
        print(f"{counted(done.n_without_face, 'photo')} without a face that was found")
    if options.known:
        matched = counted(done.n_matched, "face")
        print(f"{matched} taken for a known person: see 'match', 'best_known' and 'match_score'. No proof.")
    if options.pairs:
        print(f"The scores of all pairs are in {options.pairs}")
    if done.n_errors:
        failed = counted(done.n_errors, "photo")
        print(f"{failed} could not be used: see the column 'error'; run again to try them again")
    return int(done.n_errors > 0)
