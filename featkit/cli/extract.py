"""``featkit extract IMAGES --out FOLDER``: features of any number of images, as a Parquet dataset."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._optional import require
from ..exceptions import counted
from ._benchmark.labels import add_label_options, asks_for_labels, read_labelled
from ._pages import add_pages_option, add_part_options, part_of_files

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import FeatureUnion, Pipeline

SHOWN_CHAIN = "BackgroundRemover(method='otsu'), ForegroundCropper, HOG + LocalBinaryPattern + ColorHistogram + regions"


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "extract",
        help="features of any number of images, as a Parquet dataset",
        epilog="examples:\n"
        "  featkit extract photos --out features\n"
        "  featkit extract 'shards/*.tar' --out features --transformer chain.skops --jobs 8\n\n"
        "Read it with pandas.read_parquet('features').",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "images", help="folder, image, CSV file with a column 'path', tar file, 'shards/*.tar', or a URL"
    )
    add_label_options(parser)
    parser.add_argument(
        "--label-key",
        metavar="NAME",
        help="key of the labels in the .json files of tar files; a.b is key b of the dict under a",
    )
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the dataset goes; run again to go on")
    parser.add_argument("--transformer", metavar="FILE", help=f"made by featkit.save_model (default: {SHOWN_CHAIN})")
    parser.add_argument("--trust", action="append", default=[], metavar="TYPE", help="allow a type in that file")
    parser.add_argument("--jobs", type=int, default=-1, help="threads (default: all cores)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://...: its workers do the work")
    parser.add_argument("--chunk-size", type=int, help="images in memory for each worker (default: by their bytes)")
    parser.add_argument("--part-size", type=int, help="images in a file (default: by number and size, 64 to 1024)")
    parser.add_argument("--retry", action="store_true", help="make files with errors again, not only missing ones")
    parser.add_argument("--metadata", action="store_true", help="columns of capture time, camera and pixel size")
    add_pages_option(parser)
    add_part_options(parser)
    parser.add_argument("--max-pixels", type=int, default=100_000_000, help="refuse larger images (default: 1e8)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Extract, and say what came of it."""
    from ..extraction.dataset.parts import failed_paths
    from ..extraction.parquet import extract_to_parquet
    from ..io.listing import counts_of_suffixes
    from ..persistence import load_model

    for name in ("chunk_size", "part_size"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            raise ValueError(f"Expected --{name.replace('_', '-')} of at least 1, got {getattr(options, name)}.")
    part = part_of_files(options)
    if options.transformer and any(value is not None for value in part.values()):
        raise ValueError("Expected --page, --channel and --projection in the ImageReader of --transformer, got both.")
    transformer = (
        load_model(options.transformer, trusted=options.trust)
        if options.transformer
        else _chain(options.max_pixels, **part)
    )
    if not hasattr(transformer, "transform"):
        raise ValueError(f"Expected a transformer in {options.transformer}, got a model: featkit predict applies it.")
    images: Any = options.images
    labels = None
    if asks_for_labels(options):
        found = read_labelled(options.images, options)
        if found.labels.dtype == object:
            raise ValueError("Expected one label for each image, since a data set has one column of them, got several.")
        images, labels = found.paths.tolist(), found.labels.tolist()
    try:
        with _workers(options.scheduler):
            jobs = None if options.scheduler else options.jobs
            done = extract_to_parquet(
                transformer,
                images,
                options.out,
                labels=labels,
                label_key=options.label_key,
                pages=options.pages,
                chunk_size=options.chunk_size,
                part_size=options.part_size,
                n_jobs=jobs,
                retry_errors=options.retry,
                metadata=options.metadata,
            )
    except KeyboardInterrupt:
        print(f"\nStopped; the same command goes on from what is in {options.out}.", file=sys.stderr)
        return 130
    kept = f", {done.n_kept} of {counted(done.n_parts, 'file')} there already" if done.n_kept else ""
    print(f"{counted(done.n_images, 'image')} in {done.seconds:.1f} s to {done.path}{kept}")
    if done.n_errors:
        kinds = counts_of_suffixes(failed_paths(done.path))
        print(f"{done.n_errors} of them gave no features ({kinds}): see the column 'error'; --retry tries them again")
    return int(done.n_errors > 0)


def _chain(max_pixels: int, page: int | None, channel: int | str | None, projection: str | None) -> "Pipeline":
    from sklearn.pipeline import make_pipeline

    from ..features.binary_patterns.local_binary_pattern import LocalBinaryPattern
    from ..features.color.color_histogram import ColorHistogram
    from ..features.gradients.hog import HOG
    from ..features.shape.region_measurements import RegionMeasurements
    from ..io.image_reader import ImageReader
    from ..preprocessing.foreground.background import BackgroundRemover
    from ..preprocessing.geometry.crop import ForegroundCropper

    described = [HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2)), LocalBinaryPattern(), ColorHistogram()]
    crop = make_pipeline(ForegroundCropper(height=128, width=128), _union(described))
    features = _union([RegionMeasurements(), crop])
    reader = ImageReader(max_pixels=max_pixels, page=page, channels=channel, projection=projection)
    return make_pipeline(reader, BackgroundRemover(method="otsu"), features)


def _union(transformers: "Sequence[BaseEstimator]") -> "FeatureUnion":
    from sklearn.pipeline import FeatureUnion

    named = [(str(index), transformer) for index, transformer in enumerate(transformers)]
    return FeatureUnion(named, verbose_feature_names_out=False)


@contextmanager
def _workers(scheduler: str | None) -> Iterator[None]:
    if scheduler is None:
        yield
        return
    import joblib

    distributed = require("dask.distributed", extra="dask")
    with distributed.Client(scheduler), joblib.parallel_config("dask"):
        yield
