"""The label image or mask that belongs to a photo."""

import os
from pathlib import Path

from ..exceptions import ImageReadError
from ..extraction.rows._files import place_of
from ..io.listing import IMAGE_SUFFIXES
from ..io.masks import file_beside
from ..io.stacks.page_paths import file_of_path


def label_file_of(photo: str, labels: str | os.PathLike, root: str | os.PathLike | None) -> str:
    """Find the label image of a photo.

    Parameters
    ----------
    photo : str
        Its path, or that of a page of its file.
    labels : str or PathLike
        A pattern with ``{stem}``, or a folder, in which the file has the name of the photo, of any suffix, in the same
        subfolder or at the top.
    root : str, PathLike or None
        Folder that subfolders are counted from.

    Returns
    -------
    path : str

    Raises
    ------
    ImageReadError
        When there is none, or several.
    """
    pattern, photo = os.fspath(labels), os.fspath(file_of_path(photo))
    if "{" in pattern:
        return file_beside(photo, pattern)
    folder, place = Path(pattern), Path(place_of(photo))
    below = place.relative_to(root).parent if root is not None and place.is_relative_to(root) else Path()
    for where in dict.fromkeys([folder / below, folder]):
        found = [
            file
            for file in (sorted(where.iterdir()) if where.is_dir() else [])
            if file.stem == place.stem and file.suffix.lower() in IMAGE_SUFFIXES
        ]
        if len(found) == 1:
            return str(found[0])
        if found:
            names = ", ".join(file.name for file in found)
            raise ImageReadError(f"{photo}: expected one label image in {where}, found {names}.", photo)
    raise ImageReadError(f"{photo}: expected a label image {place.stem}.* in {folder}, found none.", photo)
