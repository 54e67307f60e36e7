"""Images of a folder, and the classes that its subfolders are: `list_images`."""

import os
import stat
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..exceptions import ImageReadError, LeftOutWarning, shown
from ..parameters import check_option
from .inputs.folder_names import (
    classes_of,
    has_split_names,
    level_of_classes,
    names_of_masks,
    natural_key,
    refuse_masks,
    warn_of_like_classes,
    warn_of_masks,
)
from .places import special_kind
from .stacks.page_counts import PAGES, paths_of_pages

IMAGE_SUFFIXES = frozenset(
    [".apng", ".avif", ".bmp", ".dcm", ".dib", ".gif", ".heic", ".heif", ".hif", ".j2k", ".jfif", ".jp2", ".jpe"]
    + [".jpeg", ".jpg", ".jpx", ".jxl", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"]
)

OTHER_IMAGE_SUFFIXES = frozenset(  # of images that are not read
    [".arw", ".cr2", ".cr3", ".dng", ".exr", ".fits", ".hdr", ".ico", ".jxr", ".nef", ".orf", ".pfm", ".psd", ".raf"]
    + [".raw", ".rw2", ".svg", ".tga"]
)


class ImageList(NamedTuple):
    """Paths and labels of the images of a folder: the result of `list_images`.

    Parameters
    ----------
    paths : ndarray of str (n_images,)
        Paths of the images, in natural order (``img2`` before ``img10``).
    labels : ndarray of str (n_images,) or None
        Name of the subfolder of each image; None where no labels were asked for.
    skipped : list of str
        Paths left out: hidden files and folders, other files than images, images outside any class folder, links
        to folders below a class, pipes, devices and sockets.
    """

    paths: np.ndarray
    labels: np.ndarray | Any  # None by request only: who asked for labels need not check
    skipped: list[str]


def list_images(folder: str | os.PathLike, *, labels: bool = True, pages: str = "first") -> ImageList:
    """Find the images of a folder that has one subfolder per class.

    Parameters
    ----------
    folder : str or PathLike
        Its subfolders are the classes. An image in a folder further down belongs to the class at the top:
        ``folder/cat/2024/a.jpg`` is a cat. Images directly in `folder` have no class and are left out.
    labels : bool, default=True
        False: `folder` is just a place with images, at any depth; labels are None.
    pages : {"first", "all"}, default="first"
        "all" lists each page of a TIFF file (previews, steps of a pyramid and masks apart), each frame of an animated
        GIF, WebP, PNG or AVIF and each image of a HEIC file for itself, as ``folder/cat/stack.tif#page=3``, which
        `read_image` and `ImageReader` read. For this the headers of such files are read.

    Returns
    -------
    images : ImageList
        The named tuple ``(paths, labels, skipped)``, classes and names in natural order. What is an image is decided
        by the suffix; no file is opened unless `pages` asks for it. Names that begin with a dot are hidden. A class may
        be a link to a folder elsewhere; links further down, and those to `folder` or above it, are not followed.

    Raises
    ------
    ImageReadError
        When the folder is missing or holds no image, or, with labels, fewer than two classes, or folders of images
        and of their masks; or when a folder in it cannot be listed. ``.path`` is the folder.

    Warns
    -----
    LeftOutWarning
        When masks stand beside their images, such as ``a_mask.png`` beside ``a.jpg``: they are left out.
        When the subfolders are the parts of a data set (such as train, val and test, or fold1 and fold2): the folders
        below them are the classes, and all parts are listed together. When each subfolder holds the same folders, which
        may be the classes: they are told, and the subfolders are the labels.

    See Also
    --------
    ImageReader : Read the paths as the first step of a pipeline.
    featkit.inspection.describe_images : What a folder holds: sizes, classes, duplicates.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from featkit import list_images
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ["cat/2.jpg", "cat/10.jpg", "dog/1.png", "dog/notes.txt"]:
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     (folder / name).touch()
    >>> paths, labels, skipped = list_images(folder)
    >>> [Path(path).name for path in paths], labels.tolist(), len(skipped)
    (['2.jpg', '10.jpg', '1.png'], ['cat', 'cat', 'dog'], 1)
    """
    check_option("pages", pages, PAGES)
    folder = Path(folder)
    if not folder.is_dir():
        came = "a file" if folder.exists() else "nothing of this name"
        raise ImageReadError(f"{folder}: expected a folder of images, got {came}. Check the path.", str(folder))
    paths: list[Path] = []
    skipped: list[Path] = []
    _collect_images(folder, paths, skipped)
    masks = names_of_masks(map(str, paths))
    warn_of_masks(folder, masks)
    skipped += [path for path in paths if str(path) in masks]
    paths = [path for path in paths if str(path) not in masks]
    if not paths:
        raise ImageReadError(
            f"{folder}: expected images ({' '.join(sorted(IMAGE_SUFFIXES))}), got none among {len(skipped)} files. "
            "Check the path.",
            str(folder),
        )
    if not labels:
        images, _ = _with_pages(paths, [], pages)
        return ImageList(images, None, [str(path) for path in skipped])
    level = 0
    folders = [path.relative_to(folder).parts[:-1] for path in paths]
    tops = {names[0] for names in folders if names}
    refuse_masks(folder, folders)
    if has_split_names(tops):
        level = level_of_classes(folders, 1)
        _tell_of_split(folder, sorted(tops, key=natural_key), has_classes=any(len(names) > level for names in folders))
    else:
        warn_of_like_classes(folder, folders)
    classes = classes_of(folders, level)
    loose = [path for path, name in zip(paths, classes) if name is None]
    paths = [path for path, name in zip(paths, classes) if name is not None]
    names = [name for name in classes if name is not None]
    if len(set(names)) < 2:
        came = f"only {shown(names[0])}" if names else f"{len(loose)} images and no such subfolder"
        deeper = ""
        if level == 0 and any(len(names) > 1 for names in folders):
            deeper = f"Where the classes are the folders in it, use list_images({str(folder / names[0])!r}). "
        raise ImageReadError(
            f"{folder}: expected at least two subfolders with images, one per class, got {came}. "
            f"{deeper}Sort the images into subfolders, or use labels=False to list images without labels.",
            str(folder),
        )
    images, names = _with_pages(paths, names, pages)
    return ImageList(images, np.array(names), [str(path) for path in skipped + loose])


def _with_pages(paths: list[Path], names: list[str], pages: str) -> tuple[np.ndarray, list[str]]:
    """Paths of the images, of their pages where all are wanted, and the class of each."""
    found = [paths_of_pages(str(path), pages) for path in paths]
    images = [image for images in found for image in images]
    return np.array(images), [name for name, images in zip(names, found) for _ in images]


def _tell_of_split(folder: Path, parts: list[str], has_classes: bool) -> None:
    if not has_classes:
        raise ImageReadError(
            f"{folder}: expected one subfolder per class, got the parts of a data set: {', '.join(parts)}. Sort the "
            "images into one subfolder per class, or use labels=False to list them without labels.",
            str(folder),
        )
    one = next((part for part in parts if "train" in part.lower()), parts[0])
    warnings.warn(
        f"{folder}: the parts {', '.join(parts)} of a data set are put together; the classes are the folders below "
        f"them. {folder / one} lists one part; list_splits, and --split of featkit benchmark, keep them apart.",
        LeftOutWarning,
        stacklevel=3,
    )


def _collect_images(folder: Path, images: list[Path], skipped: list[Path]) -> None:
    levels = [iter(_entries_of(folder))]  # of the folder and those in it, however deep
    while levels:
        for path in levels[-1]:
            mode = _mode_of(path)
            if path.name.startswith(".") or special_kind(mode):
                skipped.append(path)
            elif stat.S_ISDIR(mode):
                if path.is_symlink() and (len(levels) > 1 or _holds(path, folder)):
                    skipped.append(path)
                else:
                    levels.append(iter(_entries_of(path)))
                    break
            elif path.suffix.lower() in IMAGE_SUFFIXES:
                images.append(path)
            else:
                skipped.append(path)
        else:
            levels.pop()


def _entries_of(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: natural_key(path.name))
    except OSError as error:
        raise ImageReadError(
            f"{folder}: expected a folder that can be listed, got: {error.strerror}. Check its permissions.",
            str(folder),
        ) from error


def _holds(link: Path, folder: Path) -> bool:
    """Whether a link leads to the folder itself or to one above it."""
    return folder.resolve().is_relative_to(link.resolve())


def _mode_of(path: Path) -> int:
    """Kind of what a name or link leads to; what leads nowhere is a file that will not be read."""
    try:
        return path.stat().st_mode
    except OSError:
        return stat.S_IFREG


def is_hidden(path: str) -> bool:
    """Whether a file or a folder on the way to it is hidden, such as ._photo.jpg that macOS packs beside it."""
    return any(name.startswith(".") and name not in (".", "..") for name in path.split("/"))


def counts_of_suffixes(paths: Iterable[str]) -> str:
    """How many files there are of each suffix, the most first: "3 .heic, 1 .txt"."""
    counts = Counter(os.path.splitext(path.partition("::")[0])[1].lower() or "without suffix" for path in paths)
    shown = [f"{count} {suffix}" for suffix, count in counts.most_common(5)]
    return ", ".join(shown) + (", ..." if len(counts) > 5 else "")
