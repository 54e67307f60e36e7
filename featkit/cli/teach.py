"""``featkit teach MASKS PHOTOS --out FILE``: a foreground classifier learnt from a few masks."""

import argparse
from pathlib import Path

from ..exceptions import counted

EXAMPLES = """\
examples:
  featkit teach masks photos --out fg.skops
      learns from the photos of which masks has a file of the same name (leaf_01.png for leaf_01.jpg)
  featkit teach scribbles photos --out fg.skops --unknown 128
      pixels of 128 are neither foreground nor background: scribbles in black and white on gray

Masks are PNG or TIFF files of the size of their photos: black and white, or a number for each class, 0 being
background. In Python: BackgroundRemover(mask=load_model("fg.skops")).
"""


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "teach",
        help="learn from a few masks what is foreground",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("masks", help="folder of mask files, named like the photos")
    parser.add_argument("photos", help="folder of photos; those without a mask are left alone")
    parser.add_argument("--out", required=True, metavar="FILE", help="saved model, by custom FILE.skops")
    parser.add_argument("--unknown", type=int, metavar="VALUE", help="stored value of pixels that nothing is said of")
    parser.add_argument("--foreground", type=int, nargs="+", metavar="LABEL", help="classes that are foreground")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger images (default: 1e8)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Learn, say how well it does on photos left out, save."""
    from ..io.masks import read_labels
    from ..io.reading import read_image
    from ..persistence import save_model
    from ..preprocessing.foreground.foreground_classifier import ForegroundClassifier

    pairs = _pairs(Path(options.masks), Path(options.photos))
    images = [read_image(photo, max_pixels=options.max_pixels) for _, photo in pairs]
    masks = [read_labels(mask, unknown=options.unknown, max_pixels=options.max_pixels) for mask, _ in pairs]
    taught = ForegroundClassifier(foreground=options.foreground).fit(images, masks)
    save_model(taught, options.out)
    print(f"{counted(len(pairs), 'mask')} of classes {taught.classes_.tolist()} learnt into {options.out}")
    print(f"intersection over union on photos left out: {taught.score_:.3f}")
    worst = min(range(len(pairs)), key=lambda place: taught.image_scores_[place])
    print(f"least, {taught.image_scores_[worst]:.3f}: {pairs[worst][1]}")
    return 0


def _pairs(masks: Path, photos: Path) -> list[tuple[str, str]]:
    """Files of masks and of photos that have one name but for the suffix."""
    from ..io.listing import list_images

    of_name: dict[str, list[str]] = {}
    for photo in list_images(photos, labels=False).paths:
        of_name.setdefault(Path(photo).stem, []).append(str(photo))
    files = sorted(file for file in masks.iterdir() if file.is_file() and not file.name.startswith("."))
    if not files:
        raise ValueError(f"Expected mask files in {masks}, found none.")
    if odd := [file.name for file in files if len(of_name.get(file.stem, ())) != 1]:
        raise ValueError(
            f"Expected one photo in {photos} of the name of each mask in {masks}, but for the suffix; not so for "
            f"{odd[:5]} ({len(odd)} of {len(files)})."
        )
    return [(str(file), of_name[file.stem][0]) for file in files]
