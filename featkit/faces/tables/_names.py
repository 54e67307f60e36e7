"""The person on a photo, by its folder or by a pattern of file names."""

import re
from pathlib import Path

from ...exceptions import shown
from ...extraction.rows._files import place_of


def check_names(names: str | None) -> None:
    """Refuse what tells no names."""
    if names is not None and names != "folder" and names.count("{name}") != 1:
        raise ValueError(
            f"Expected names to be 'folder' or a pattern of file names with {{name}} once, such as '{{name}}_*', "
            f"got {shown(names)}."
        )
    if names is not None and ("/" in names or "\\" in names):
        raise ValueError(
            f"Expected names to be a pattern of file names without their folders, such as '{{name}}_*', got "
            f"{shown(names)}. Names of folders are taken by 'folder'."
        )


def name_on(path: str, names: str) -> str | None:
    """Name of the person on a photo; None where the pattern does not fit the name of the file.

    Parameters
    ----------
    path : str
        The photo.
    names : str
        ``"folder"``, the folder it is in; or a pattern for the name of the file without its suffix: ``{name}`` is the
        name, as short as may be, and ``*`` is anything.

    Returns
    -------
    name : str or None
    """
    place = Path(place_of(path))
    if names == "folder":
        return place.parent.name
    before, after = names.split("{name}")
    parts = (".*".join(map(re.escape, part.split("*"))) for part in (before, after))
    found = re.fullmatch("(?P<name>.+?)".join(parts), place.stem)
    return None if found is None else found["name"]
