"""The manifest of a dataset: made once, exclusively, by the run that the folder belongs to."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from ...exceptions import ExtractionError
from .._fingerprint import differences
from .url_path import Place, read_whole, write_whole

MANIFEST = "_manifest.json"  # readers of Parquet folders pass over names that begin with _ or .
FORMAT = 2  # since 2 the manifest names the run, and every part too


def claim_folder(folder: Place, description: dict[str, Any]) -> str:
    """Make the manifest of an extraction, or find the one of an equal extraction.

    Parameters
    ----------
    folder : Path or UrlPath
        Made where there is none.
    description : dict
        What makes the extraction: equal for equal rows.

    Returns
    -------
    run : str
        Identity of the run that made the manifest, to be written into every part.

    Raises
    ------
    ExtractionError
        When the folder belongs to another extraction, or holds other parts.
    """
    holds_parts = next(folder.glob("part-*"), None) is not None  # looked for first: another run may begin just now
    description = {"format": FORMAT, **description}
    if (run := _run_in(folder, description)) is not None:
        return run
    if holds_parts:
        raise ExtractionError(f"{folder}: expected an empty folder or an extraction with its {MANIFEST}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExtractionError(f"{folder}: expected a folder that can be made, got: {error.strerror}.") from error
    run = uuid.uuid4().hex
    manifest = {"made": datetime.now(UTC).isoformat(timespec="seconds"), "run": run, **description}
    content = json.dumps(manifest, indent=1).encode()
    try:
        write_whole(folder / MANIFEST, lambda stream: stream.write(content), replace=False)
    except FileExistsError:  # another run was faster
        return _run_in(folder, description) or run
    return run


def check_claim(folder: Place, run: str, description: dict[str, Any]) -> None:
    """Raise where the manifest is no longer the one of this run."""
    if _run_in(folder, {"format": FORMAT, **description}) != run:
        raise ExtractionError(
            f"{folder / MANIFEST} was removed or replaced while this extraction ran. Choose another folder."
        )


def part_size_in(folder: Place) -> int | None:
    """Images in each part of the extraction that a folder holds; None where it holds none, or none that tells."""
    try:
        size = json.loads(read_whole(folder / MANIFEST))["input"]["part_size"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return size if isinstance(size, int) and size > 0 else None


def _run_in(folder: Place, wanted: dict[str, Any]) -> str | None:
    """The run that the manifest names; None where there is no manifest."""
    file = folder / MANIFEST
    try:
        there = dict(json.loads(read_whole(file)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ExtractionError(f"{file}: expected a manifest, got: {error}. Choose another folder.") from error
    found = list(differences({name: there.get(name) for name in wanted}, wanted))
    found = ["other images or labels" if text.startswith("input.images: ") else text for text in found]
    if found:
        more = f", and {len(found) - 4} more" if len(found) > 4 else ""
        raise ExtractionError(
            f"{folder} holds another extraction ({'; '.join(found[:4])}{more}). Choose another folder."
        )
    if not isinstance(there.get("run"), str):
        raise ExtractionError(f"{file}: expected a manifest, got one that names no run. Choose another folder.")
    return there["run"]
