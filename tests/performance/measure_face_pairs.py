"""Pairs of faces told apart, on a folder with one subfolder of photos per person, and what describing a photo costs.

    PYTHONPATH=. python tests/performance/measure_face_pairs.py FOLDER

Draws ten folds of 60 pairs of one person and 60 of two, no person in two folds, as Labeled Faces in the Wild has them,
and runs `pipelines.faces verify` on them.
"""

import argparse
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np

from featkit import list_images
from pipelines import faces
from pipelines.face_descriptions import describe_faces

N_FOLDS, N_PAIRS = 10, 60


def lay_out(folder, place):
    """Links to the photos as NAME/NAME_0001.ext, and how many each person has."""
    paths, persons, _ = list_images(folder)
    counts = {}
    for path, person in zip(paths, persons, strict=True):
        counts[person] = counts.get(person, 0) + 1
        (place / person).mkdir(exist_ok=True)
        (place / person / f"{person}_{counts[person]:04d}{Path(path).suffix}").symlink_to(Path(path).resolve())
    return counts


def drawn_pairs(counts, rng):
    """Lines of a list of pairs."""
    lines = [f"{N_FOLDS}\t{N_PAIRS}"]
    for fold in np.array_split(rng.permutation(sorted(counts)), N_FOLDS):
        photos = {name: range(1, counts[name] + 1) for name in fold}
        same = [f"{name}\t{a}\t{b}" for name in fold for a, b in combinations(photos[name], 2)]
        other = [
            f"{first}\t{a}\t{second}\t{b}"
            for first, second in combinations(fold, 2)
            for a in photos[first]
            for b in photos[second]
        ]
        lines += [*rng.choice(same, N_PAIRS, replace=False), *rng.choice(other, N_PAIRS, replace=False)]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="one subfolder of photos per person")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as place:
        counts = lay_out(folder, Path(place))
        some = [str(path) for path in sorted(Path(place).glob("*/*"))[:50]]
        describe_faces(some[:2])
        start = time.process_time()
        describe_faces(some)
        print(f"describing a photo: {1000 * (time.process_time() - start) / len(some):.0f} ms of CPU")
        pairs = Path(place, "pairs.txt")
        pairs.write_text("\n".join(drawn_pairs(counts, np.random.default_rng(0))), encoding="utf-8")
        faces.main(["verify", place, str(pairs)])


if __name__ == "__main__":
    main()
