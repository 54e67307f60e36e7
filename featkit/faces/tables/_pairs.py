"""A matrix of the scores of all faces of a table."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from joblib import delayed

from ...extraction._native_threads import Workers
from ...extraction.rows._tables import Column
from ...io.inputs.finding import find_images
from ...io.reading import read_image
from ...io.writing import write_atomically
from ..comparison.descriptions import describe_face
from ..comparison.matcher import FaceMatcher
from ._columns import points_of_row
from ._known import scores_of


def write_pairs(
    path: Path,
    images: str | os.PathLike | Iterable[Any],
    columns: list[Column],
    rows: list[list],
    matcher: FaceMatcher | None,
    *,
    max_pixels: int,
    n_jobs: int | None,
) -> None:
    """Describe the faces of a finished table once more, by their landmarks, and write the scores of all pairs."""
    place = [column.name for column in columns].index("face")
    faces_of: dict[str, list[list]] = {}
    for row in rows:
        if row[place] is not None:
            faces_of.setdefault(row[0], []).append(row)

    def described(item):
        wanted = faces_of.get(item.name, [])
        if not wanted:
            return []
        image = read_image(item.source, max_pixels=max_pixels)
        return [(f"{item.name}#{row[place]}", describe_face(image, points_of_row(columns, row))) for row in wanted]

    items = (item for part in find_images(images).parts for item in part.open())
    workers = Workers(n_jobs, batch_size=1)
    found = [face for faces in workers.results_of(delayed(described)(item) for item in items) for face in faces]
    names, faces = [name for name, _ in found], [face for _, face in found]
    scores = scores_of(faces, faces, matcher) if faces else np.empty((0, 0))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["face", *names])
    writer.writerows([name, *(f"{score:.4f}" for score in row)] for name, row in zip(names, scores, strict=True))
    content = text.getvalue().encode("utf-8", "surrogateescape")
    write_atomically(path, lambda stream: stream.write(content))
