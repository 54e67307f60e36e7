"""``featkit measure PHOTOS --out objects.csv``: every object on photos of sheets, one row each, in millimetres."""

import argparse
import sys

from ..exceptions import counted
from ._pages import add_pages_option, add_part_options, part_of_files

EXAMPLES = """\
examples:
  featkit measure photos --out leaves.csv --scale sheet:210x297 --check-pictures checks
      leaves on a sheet of A4 of which all four edges are seen: most accurate with a camera held by hand;
      what is written on it by a pen is left out; look at the pictures in checks before you believe the numbers
  featkit measure photos --out leaves.csv --scale coin:23.25
      leaves beside a coin of 1 euro, for a camera that looks straight down
  featkit measure photos --out seeds.parquet --scale ruler:100 --split --min-size 2
      seeds that touch, none below 2 square millimetres
  featkit measure photos --out leaves.csv --scale scales.csv
      a coin of another size on some photos: a table with the columns path (IMG_1.jpg) and scale (coin:23.25)
  featkit measure scans --out cells.csv --labels masks --scale metadata --unit um
      label images of other programs, pixel size from the files

The table has a row for each object: path, object, count, row, col, area, length, width, perimeter, ..., colors, unit,
and what gave the scale. A photo without a believable scale keeps its columns in pixels (area_px, ...); a file that
cannot be read has its reason in the column error. Run again, it goes on where it was stopped.
"""


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "measure",
        help="measure every object on photos, in millimetres",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", help="folder, image, CSV file with a column 'path', tar or zip file, or a URL")
    parser.add_argument("--out", required=True, metavar="FILE", help="table to write, ends in .csv or .parquet")
    parser.add_argument(
        "--scale",
        metavar="SCALE",
        help="what gives the size of a pixel: coin:23.25, disk:20 (diameters), ruler:100, bar:50 (lengths), square:20, "
        "tag:40 (ArUco or AprilTag), checkerboard:10 (sides of squares), sheet:210x297, metadata (OME, ImageJ, TIFF), "
        "print (also EXIF, JFIF, PNG), the side of a pixel such as 0.05, or a CSV file with the columns path and scale "
        "for photos that differ (default: lengths in pixels)",
    )
    parser.add_argument("--unit", default="mm", help="of all lengths: nm, um, mm, cm, m or inch (default: mm)")
    parser.add_argument("--split", action="store_true", help="part objects that touch")
    parser.add_argument("--min-size", type=float, metavar="AREA", help="leave out smaller objects (unit squared)")
    parser.add_argument("--max-size", type=float, metavar="AREA", help="leave out larger objects (unit squared)")
    parser.add_argument(
        "--min-thickness",
        type=float,
        default=0,
        metavar="LENGTH",
        help="leave out thinner ones (unit)",
    )
    parser.add_argument("--keep-holes", action="store_true", help="do not fill holes, as those in eaten leaves")
    parser.add_argument("--keep-writing", action="store_true", help="measure what is written on the sheet, too")
    parser.add_argument("--clear-border", action="store_true", help="leave out objects at the border of the photo")
    parser.add_argument("--color-card", action="store_true", help="correct colors by the 24-patch card in each photo")
    parser.add_argument("--labels", metavar="MASKS", help="folder with a mask or label image of each photo's name")
    parser.add_argument(
        "--background",
        default="paper",
        metavar="METHOD",
        help="how objects are found: paper (default), auto, otsu, ...",
    )
    parser.add_argument("--no-rectify", action="store_true", help="do not map tilted sheets upright")
    parser.add_argument("--check-pictures", metavar="FOLDER", help="draw what was measured on every photo")
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.add_argument("--metadata", action="store_true", help="columns of capture time and camera")
    add_pages_option(parser)
    add_part_options(parser)
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger photos (default: 1e8)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, and say what came of it."""
    from ..measurement.measure_to_file import measure_to_file

    try:
        done = measure_to_file(
            options.photos,
            options.out,
            scale=options.scale,
            unit=options.unit,
            labels=options.labels,
            background=options.background,
            min_size=options.min_size,
            max_size=options.max_size,
            min_thickness=options.min_thickness,
            keep_holes=options.keep_holes,
            keep_writing=options.keep_writing,
            split=options.split,
            clear_border=options.clear_border,
            color_card=options.color_card,
            rectify=not options.no_rectify,
            check_pictures=options.check_pictures,
            metadata=options.metadata,
            max_pixels=options.max_pixels,
            pages=options.pages,
            **part_of_files(options),
            n_jobs=options.jobs,
        )
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from what is measured.", file=sys.stderr)
        return 130
    kept = f", {done.n_kept} measured before" if done.n_kept else ""
    print(f"{counted(done.n_objects, 'object')} on {counted(done.n_images, 'photo')} in {options.out}{kept}")
    if done.n_without_scale:
        without = counted(done.n_without_scale, "photo")
        print(f"{without} without a believable scale: see the columns 'warning' and 'area_px'")
    if done.n_writing:
        print(
            f"{counted(done.n_writing, 'mark')} taken for writing and left out: see the column 'writing'; "
            "--keep-writing measures such marks, too"
        )
    if done.n_tilted:
        print(
            f"{counted(done.n_tilted, 'photo')}: areas far from the scale object may be off by over 10 %, as a "
            "camera is hardly level: see 'tilt_error'. Where all edges of the paper are seen, "
            "--scale sheet:210x297 takes that away."
        )
    if done.n_errors:
        failed = counted(done.n_errors, "photo")
        print(f"{failed} could not be measured: see the column 'error'; run again to try them again")
    if options.check_pictures:
        print(f"Look at the pictures in {options.check_pictures} before you believe the numbers.")
    return int(done.n_errors > 0)
