"""``featkit benchmark FOLDER``: compare features with raw pixels on a folder of images."""


def add_command(commands):
    """Declare the command and its options."""
    parser = commands.add_parser("benchmark", help="compare features with raw pixels on a folder of images")
    parser.add_argument("folder", help="a folder with one subfolder of images per class")
    parser.add_argument("--folds", type=int, default=5, help="cross-validation folds (default: 5)")
    parser.add_argument("--csv", metavar="FILE", help="also write the table to this file")
    parser.add_argument("--max-pixels", type=int, default=89_000_000, help="refuse larger images (default: 89e6)")
    parser.set_defaults(run=run)


def run(options):
    """Read the folder, compare, print the table."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    from .. import compare_features, list_images

    paths, labels, skipped = list_images(options.folder)
    classes, counts = np.unique(labels, return_counts=True)
    print(f"{len(paths)} images in {len(classes)} classes; {len(skipped)} other files left out")
    if counts.min() < options.folds:
        raise ValueError(
            f"Expected at least {options.folds} images in every class of {options.folder}, one for each fold, "
            f"got {counts.min()} in {str(classes[counts.argmin()])!r}: add images or lower --folds."
        )
    images = _read_for_benchmark(paths, options.max_pixels)
    folds = StratifiedKFold(options.folds, shuffle=True, random_state=0)
    table = compare_features(_benchmark_candidates(), images, labels, cv=folds)
    if options.csv:
        table.to_csv(options.csv)


def _read_for_benchmark(paths, max_pixels):
    """Read every file once, as 128 x 128 RGB: each result depends on its own file alone, so nothing leaks."""
    from sklearn.pipeline import make_pipeline

    from .. import ColorConverter, ImageReader, Resizer

    steps = ImageReader(min_size=128, max_pixels=max_pixels), ColorConverter(background=0.0)
    return make_pipeline(*steps, Resizer(height=128, width=128, fit="pad", background=0.0)).transform(paths)


def _benchmark_candidates():
    from sklearn.pipeline import make_pipeline, make_union

    from .. import HOG, ColorHistogram, ColorMoments, RawPixels, Resizer

    gradients = HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear")
    return {
        "small raw pixels": make_pipeline(Resizer(height=16, width=16), RawPixels()),
        "colour histogram": ColorHistogram(space="hsv"),
        "colour moments": ColorMoments(),
        "HOG": gradients,
        "HOG + colour": make_union(gradients, ColorHistogram(space="hsv")),
    }
