"""Description of a folder of images, before anything is learnt from it."""

import os
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import cv2
import numpy as np

from .._optional import require
from ..evaluation.duplicates import find_duplicates
from ..exceptions import FeatkitError
from ..image.alpha import flatten_alpha
from ..image.checks import Image
from ..image.conversions import to_gray, to_uint8
from ..io.color.color_profiles import note_profiles
from ..io.listing import list_images
from ..io.reading import read_image

if TYPE_CHECKING:
    from pandas import DataFrame, Series

LONGEST = 512  # side at which sharpness is measured, so that small and large files compare


@dataclass
class ImageReport:
    """Files of an image folder: sizes, light and sharpness, broken files and duplicates.

    Parameters
    ----------
    files : pandas.DataFrame
        One row per readable file, by path: label, height, width, mode (gray, RGB, with alpha), dtype, brightness (mean
        gray level, 0 to 1), contrast (standard deviation of the gray levels), sharpness (variance of the Laplacian of
        the gray levels 0 to 255; small where an image is blurred or empty), color_profile (the name that the embedded
        profile gives itself, such as "Display P3", "by code points or gamma", "broken", or "none"), converted (whether
        the pixels were converted to sRGB by it).
    unreadable : pandas.DataFrame
        Columns path and error.
    duplicates : pandas.DataFrame
        Columns path_a, path_b, distance, exact, same_label; see `featkit.find_duplicates`.

    See Also
    --------
    describe_images : The function that returns it.
    FeatureReport : The same for a table of features.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit.inspection import ImageReport
    >>> ImageReport(pd.DataFrame(), pd.DataFrame(), pd.DataFrame()).remarks
    ['0 images can be read, 0 files cannot.']
    """

    files: "DataFrame"
    unreadable: "DataFrame"
    duplicates: "DataFrame"

    @property
    def remarks(self) -> list[str]:
        """The report in sentences, with what calls for action."""
        files = self.files
        sentences = [f"{len(files)} images can be read, {len(self.unreadable)} files cannot."]
        if len(files):
            pixels = files["height"] * files["width"]
            small, large = files.loc[pixels.idxmin()], files.loc[pixels.idxmax()]
            sentences.append(
                f"Sizes (height x width) run from {small['height']} x {small['width']} to "
                f"{large['height']} x {large['width']}; {files[['height', 'width']].drop_duplicates().shape[0]} differ."
            )
            sentences.append(f"Modes: {_counted(files['mode'])}. Types: {_counted(files['dtype'])}.")
            sentences.append(f"Classes: {_counted(files['label'])}.")
            if (files["color_profile"] != "none").any():
                sentences.append(
                    f"Color profiles: {_counted(files['color_profile'])}; "
                    f"{int(files['converted'].sum())} images were converted to sRGB."
                )
            sentences.append(
                f"Darkest: {files['brightness'].idxmin()} ({files['brightness'].min():.2f}). "
                f"Least sharp: {files['sharpness'].idxmin()} ({files['sharpness'].min():.0f})."
            )
        if len(self.duplicates):
            crossing = int((~self.duplicates["same_label"]).sum())
            sentences.append(
                f"{len(self.duplicates)} pairs are duplicates, "
                f"{int(self.duplicates['exact'].sum())} identical pixel by pixel; "
                f"{crossing} have different labels."
            )
        return sentences


def describe_images(folder: str | os.PathLike) -> ImageReport:
    """Describe an image folder: sizes, modes, color profiles, brightness, sharpness, duplicates, unreadable files.

    Parameters
    ----------
    folder : str or PathLike
        One subfolder per class, see `list_images`.

    Returns
    -------
    description : ImageReport
        Tables of the files, of those that cannot be read, and of duplicates.

    Raises
    ------
    ImageReadError
        When the folder is missing or holds no classes of images.

    See Also
    --------
    describe_features : The same for a table of features.
    featkit.find_duplicates : Duplicates alone.
    featkit.list_images : Paths and labels alone.

    References
    ----------
    Sharpness: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy", doi:10.1109/ICPR.2000.903548.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import cv2
    >>> from skimage.data import camera, coins
    >>> from featkit import describe_images
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, image in {"man/1.png": camera(), "money/1.png": coins(), "money/2.png": coins()}.items():
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     written = cv2.imwrite(str(folder / name), image)
    >>> description = describe_images(folder)
    >>> description.files["height"].tolist(), len(description.duplicates)
    ([512, 303, 303], 1)
    """
    pandas = require("pandas", extra="report")
    paths, labels, _ = list_images(folder)
    rows, readable, errors = {}, [], []
    for path, label in zip(paths, labels, strict=True):
        try:
            with note_profiles() as profiles:
                image = read_image(path)
            name, is_converted = profiles[0] if profiles else ("none", False)
            found = {"color_profile": _printable(name), "converted": is_converted}
            rows[_printable(path)] = {"label": _printable(label), **_described(image), **found}
            readable.append(path)
        except (FeatkitError, OSError) as error:
            errors.append((_printable(path), _printable(str(error))))
    files = pandas.DataFrame.from_dict(rows, orient="index")
    unreadable = pandas.DataFrame(errors, columns=["path", "error"])
    return ImageReport(files, unreadable, _duplicates(files, readable, pandas))


def _printable(name: str) -> str:
    """A name that is no UTF-8, with what is not written as escapes: a table takes no other."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _described(image: Image) -> dict:
    gray = to_uint8(to_gray(flatten_alpha(image, "mean")))
    height, width = gray.shape
    shrink = LONGEST / max(height, width)
    if shrink < 1:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    else:
        small = gray
    mode = "gray" if image.ndim == 2 else {3: "RGB", 4: "RGB with alpha"}[image.shape[2]]
    return {
        "height": height,
        "width": width,
        "mode": mode,
        "dtype": str(image.dtype),
        "brightness": float(gray.mean() / 255),
        "contrast": float(gray.std() / 255),
        "sharpness": float(cv2.Laplacian(small, cv2.CV_64F).var()),
    }


def _duplicates(files: "DataFrame", readable: list[str], pandas: ModuleType) -> "DataFrame":
    if not len(files):
        return pandas.DataFrame(columns=["path_a", "path_b", "distance", "exact", "same_label"])
    paths, labels = np.array(files.index), files["label"].to_numpy()
    found = find_duplicates(readable)
    a, b = found["image_a"].to_numpy(dtype=int), found["image_b"].to_numpy(dtype=int)
    return pandas.DataFrame(
        {
            "path_a": paths[a],
            "path_b": paths[b],
            "distance": found["distance"].to_numpy(),
            "exact": found["exact"].to_numpy(dtype=bool),
            "same_label": labels[a] == labels[b],
        }
    )


def _counted(values: "Series") -> str:
    return ", ".join(f"{count} {value}" for value, count in values.value_counts().items())
