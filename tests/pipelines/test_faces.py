import numpy as np
import pytest
from skimage.data import astronaut
from skimage.io import imsave
from sklearn.preprocessing import FunctionTransformer

from featkit.image import warp_affine
from pipelines import faces
from pipelines.face_descriptions import DESCRIPTIONS, side_by_side
from pipelines.face_verification import read_pairs


def test_crops_are_told_apart_better_by_gradients_than_by_pixels():
    results = faces.detect(n_repeats=1)
    assert results["HOG"][0] > 0.98
    assert results["HOG"][0] > results["raw pixels"][0]


def test_pairs_are_read_fold_by_fold(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text("2\t1\nAda\t1\t2\nAda\t1\tBob\t3\nCy 4 5\nCy 1 Di 2\n", encoding="utf-8")
    folds = read_pairs(path)
    assert folds[0] == [(("Ada", 1), ("Ada", 2), True), (("Ada", 1), ("Bob", 3), False)]
    assert folds[1][1] == (("Cy", 1), ("Di", 2), False)
    path.write_text("2\t2\nAda\t1\t2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lines"):
        read_pairs(path)
    path.write_text("1\t1\nAda\t1\nAda\t1\t2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="3 or 4 words"):
        read_pairs(path)


def test_every_description_takes_its_own_steps_side_by_side():
    tables = {"geometry": np.arange(6.0).reshape(3, 2), "raw pixels": np.ones((3, 1)), "unused": np.zeros((3, 4))}
    steps = {"raw pixels": FunctionTransformer(), "geometry": FunctionTransformer(np.negative)}
    table, transformer = side_by_side(tables, steps)
    assert np.array_equal(transformer.fit_transform(table), [[1, 0, -1], [1, -2, -3], [1, -4, -5]])


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Six "persons": the astronaut's face made broader or longer, three photos each, turned and lit a little."""
    folder = tmp_path_factory.mktemp("people")
    rng = np.random.default_rng(0)
    photo = astronaut()
    for number in range(6):
        name = f"Person_{number}"
        (folder / name).mkdir()
        stretch = np.diag([1 - 0.07 * number, 0.75 + 0.07 * number])
        for picture in range(1, 4):
            angle = rng.uniform(-0.05, 0.05)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            linear = stretch @ turn
            shown = warp_affine(photo, np.column_stack([linear, np.array([115, 222]) - linear @ (80, 80)]), 160, 160)
            lit = shown[..., :3] * rng.uniform(0.7, 1.0)
            imsave(folder / name / f"{name}_{picture:04d}.png", lit.astype(np.uint8), check_contrast=False)
    return folder


def test_persons_are_identified(people):
    results = faces.identify(people, n_splits=1, n_train=2)
    assert results["geometry"][0] > 0.6
    assert set(results) == {f"{name}{end}" for name in DESCRIPTIONS for end in ("", ", one photo")}
    assert results["all together"][0] >= results["raw pixels"][0]


def test_pairs_are_verified_fold_by_fold(people, tmp_path):
    lines = ["3\t4"]
    for fold in range(3):
        a, b = f"Person_{fold}", f"Person_{fold + 3}"
        lines += [f"{a}\t1\t2", f"{a}\t1\t3", f"{b}\t1\t2", f"{b}\t2\t3"]
        lines += [f"{a}\t{k}\t{b}\t{k}" for k in (1, 2, 3)] + [f"{a}\t1\t{b}\t2"]
    path = tmp_path / "pairs.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    results = faces.verify(people, path)
    assert set(results) == set(DESCRIPTIONS)
    assert all(0 <= result["accuracy"] <= 1 and 0 <= result["eer"] <= 1 for result in results.values())
    assert max(result["accuracy"] for result in results.values()) > 0.7
    path.write_text("\n".join(lines).replace("Person_0\t1\t2", "Person_0\t1\t9"), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="Person_0_0009"):
        faces.verify(people, path)
