"""Cut what is on images out into transparent PNG files: `cut_out_to_folder`."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from ..exceptions import FileWriteError, SubjectNotFoundError, shown, shown_path
from ..extraction.rows._files import Result, error_text, featkit_version, name_of_result, refuse_inside, work_through
from ..extraction.rows._journal import identity_of
from ..extraction.rows._tables import Column, write_table
from ..image.alpha import foreground_mask, split_alpha, with_alpha
from ..image.checks import Image
from ..image.conversions import to_uint8
from ..io.inputs.items import Item
from ..io.reading import MAX_PIXELS, read_image
from ..io.writing import write_atomically
from ..objects.image_objects import Objects
from ..parameters import FROM_0, check_number, check_option
from ..preprocessing.foreground.segmentation import METHODS, MIN_FRACTION, segment_foreground
from ._photo_objects import is_cut_out, photo_objects

TABLE = "cut_out.csv"
COLUMNS = [
    Column("path", str, "", "the image"),
    Column("object", int, "", "number on the image; empty where it was cut out as a whole"),
    Column("file", str, "", "the file that was written"),
    *(Column(name, int, "px", "of the box in the image, half-open") for name in ("min_row", "min_col")),
    *(Column(name, int, "px", "of the box in the image, half-open") for name in ("max_row", "max_col")),
    Column("error", str, "", "why the image could not be cut out"),
]


class CutOutResult(NamedTuple):
    """Result of `cut_out_to_folder`: what was counted.

    Attributes
    ----------
    n_images, n_files : int
        Images, and PNG files that were cut out of them.
    n_errors : int
        Images that could not be read, or in which nothing was found: see the column ``error`` of ``cut_out.csv``.
    n_kept : int
        Images that an earlier run had cut out.
    """

    n_images: int
    n_files: int
    n_errors: int
    n_kept: int


def cut_out_to_folder(
    images: str | os.PathLike | Iterable[Any],
    folder: str | os.PathLike,
    *,
    objects: bool = False,
    background: str | None = None,
    min_size: float | None = None,
    split: bool = False,
    max_pixels: int = MAX_PIXELS,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> CutOutResult:
    """Remove the background of any number of images and write transparent PNG files, one per image or per object.

    Parameters
    ----------
    images : str, PathLike, list or iterable
        A folder, a CSV file with a column ``path``, an archive, or a list of paths, as in `extract_to_parquet`.
    folder : str or PathLike
        Made where there is none; not inside the folder of the images. Files are named like the images, in the same
        subfolders; ``cut_out.csv`` lists them, and what could not be cut out.
    objects : bool, default=False
        Write every object as a file of its own, cropped to its box, instead of the whole image.
    background : str or None, default=None
        How objects are told from the background, see the methods of `featkit.segment_foreground`. None is
        ``"paper"`` for objects, and ``"auto"`` for whole images.
    min_size : float >= 0 or None, default=None
        Objects of fewer pixels are left out. None is 1/50,000 of the image, 0 keeps all.
    split : bool, default=False
        Whether to part objects that touch, see `featkit.objects.split_touching`.
    max_pixels : int, default=100_000_000
        Largest image that is read.
    n_jobs : int or None, default=None
        Workers: threads, unless `joblib.parallel_config` says otherwise. None is 1, -1 all cores.
    progress : bool or None, default=None
        Show a bar on standard error; None does where that is a terminal.

    Returns
    -------
    cut_out : CutOutResult
        Named tuple with the counts.

    Raises
    ------
    FileWriteError
        When a file cannot be written.
    ImageReadError
        When no images are found.

    See Also
    --------
    featkit.BackgroundRemover : The same in memory, as a step of a Pipeline.
    measure_to_file : Measures the objects.

    Notes
    -----
    Images that are done, and have not changed since, are not cut out again when the same call is made once more.

    Examples
    --------
    >>> import tempfile
    >>> import cv2
    >>> from featkit import read_image
    >>> from featkit.datasets import make_sheets
    >>> from featkit.measurement import cut_out_to_folder
    >>> photos, folder = tempfile.mkdtemp(), tempfile.mkdtemp()
    >>> sheets = make_sheets(1, scale="none", min_leaves=3, max_leaves=3, random_state=0)
    >>> written = cv2.imwrite(f"{photos}/sheet.png", sheets.images[0][..., ::-1])
    >>> result = cut_out_to_folder(photos, folder, objects=True, min_size=400)
    >>> result.n_images, read_image(f"{folder}/sheet_001.png").shape[2]
    (1, 4)
    """
    out = Path(folder)
    if background is None:
        background = "paper" if objects else "auto"
    check_option("background", background, METHODS)
    if min_size is not None:
        check_number("min_size", min_size, FROM_0)
    root = refuse_inside(images, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{shown_path(out)}: expected a folder that can be made, got: {error.strerror}.") from error
    limits = {"min_size": min_size, "max_size": None, "split": bool(split), "clear_border": False}
    taken: set[str] = set()

    def named(item: Item) -> Item:
        """The item with the name of its files as label; images come one after the other."""
        name = name_of_result(item, root)
        file = str(name.with_suffix(""))
        if file.lower() in taken:  # b.png beside b.jpg
            file = str(name)
        taken.add(file.lower())
        return item._replace(label=file)

    def work(item: Item) -> Result:
        try:
            if isinstance(item.source, Exception):
                raise item.source
            image = read_image(item.source, max_pixels=max_pixels)
            if objects:
                pictures = _objects_of(item, photo_objects(image, None, background, None, limits, (1.0, 1.0))[0], image)
            else:
                pictures = _whole_of(item, image, background)
            if not pictures:
                raise SubjectNotFoundError(
                    f"{item.name}: expected an object, found none (background={shown(background)})."
                )
            for row, picture in pictures:
                _write_png(out / row[2], picture)
            return {"rows": [row for row, _ in pictures], "failed": False}
        except FileWriteError:
            raise
        except Exception as error:  # any: one odd image must not end a run over thousands
            return {"rows": [[item.name, *[None] * 6, error_text(error)]], "failed": True}

    def is_whole(item: Item, result: Result) -> bool:
        return all((out / row[2]).is_file() for row in result["rows"])

    settings = {"objects": bool(objects), "background": background, "max_pixels": max_pixels, **limits}
    rows, n_images, n_failed, n_kept = work_through(
        images,
        out / f".{TABLE}.journal",
        settings | {"featkit": featkit_version()},
        lambda item: f"{item.label} {identity_of(item.source)}",
        work,
        is_whole,
        prepare=named,
        n_jobs=n_jobs,
        progress=progress,
    )
    write_table(out / TABLE, COLUMNS, rows, settings)
    return CutOutResult(n_images, sum(row[2] is not None for row in rows), n_failed, n_kept)


def _objects_of(item: Item, found: Objects, image: Image) -> list[tuple[list, Image]]:
    """Row and image of each object."""
    rows = [
        [item.name, number, f"{item.label}_{number:03}.png", *box, ""]
        for number, box in zip(found.numbers.tolist(), found.boxes.tolist(), strict=True)
    ]
    return list(zip(rows, found.cut_out(image), strict=True))


def _whole_of(item: Item, image: Image, background: str) -> list[tuple[list, Image]]:
    """Row and cut-out of an image as a whole; none where it has no foreground."""
    color, alpha = split_alpha(image)
    if is_cut_out(image):
        mask = foreground_mask(image)
    else:
        mask = segment_foreground(color, background, min_fraction=0 if background == "paper" else MIN_FRACTION)
    if not mask.any():
        return []
    picture = with_alpha(color, mask if alpha is None else np.where(mask, alpha, alpha.dtype.type(0)))
    return [([item.name, None, f"{item.label}.png", 0, 0, *image.shape[:2], ""], picture)]


def _write_png(path: Path, picture: Image) -> None:
    if picture.dtype == bool:
        picture = with_alpha(picture, picture)
    elif picture.dtype not in (np.uint8, np.uint16):
        picture = to_uint8(picture)
    _, content = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda stream: stream.write(content.tobytes()))
