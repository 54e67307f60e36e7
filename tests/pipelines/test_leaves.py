"""The leaf pipeline on drawn leaves: both layouts of a folder, photos on paper, and the command line."""

import math

import cv2
import numpy as np
import pytest
from sklearn.base import clone

from pipelines.leaves import evaluate, leaf_features, leaf_pipeline, load_leaves, main

SPECIES = {"oval": (0.0, 0), "lobed": (0.2, 5), "toothed": (0.05, 24)}


def leaf(species, random, size=160):
    depth, count = SPECIES[species]
    row, col = np.mgrid[:size, :size] - size / 2 + random.uniform(-4, 4, (2, 1, 1))
    angle = np.arctan2(row, col) + random.uniform(0, 2 * math.pi)
    radius = 50 * random.uniform(0.9, 1.1) * (1 + 0.2 * np.cos(2 * angle))
    return np.hypot(row, col) <= radius * (1 + depth * np.cos(count * angle))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaves")
    random = np.random.default_rng(0)
    (folder / "images").mkdir()
    lines = ["image,species"]
    for index in range(30):
        species = list(SPECIES)[index % 3]
        name = f"{index:02d}.png"
        cv2.imwrite(str(folder / "images" / name), leaf(species, random).astype(np.uint8) * 255)
        lines.append(f"{name},{species}")
    (folder / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_both_layouts_of_a_folder_are_read(folder, tmp_path):
    paths, species = load_leaves(folder)
    assert len(paths) == 30
    assert species[:3].tolist() == list(SPECIES)
    for path, name in zip(paths, species):
        (tmp_path / name).mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name / path.split("/")[-1]), cv2.imread(path))
    sorted_paths, sorted_species = load_leaves(tmp_path)
    assert sorted(sorted_species) == sorted(species)
    assert all(f"/{name}/" in path for path, name in zip(sorted_paths, sorted_species))


def test_drawn_species_are_told_apart_and_all_families_are_reported(folder):
    results = evaluate(folder, n_repeats=2)
    assert list(results) == ["measurements", "curvature", "coverage", "chords", "all"]
    assert results["all"]["accuracy"] > 0.95
    assert results["all"]["n_features"] == len(leaf_features().get_feature_names_out())
    assert results["all"]["n_features"] == sum(results[name]["n_features"] for name in list(results)[:-1])


def test_photos_on_paper_are_recognised_by_what_silhouettes_taught(folder):
    pipeline = clone(leaf_pipeline()).fit(*load_leaves(folder))
    random = np.random.default_rng(1)
    photos, truth = [], []
    for species in SPECIES:
        for _ in range(3):
            photo = np.clip(random.normal(235, 3, (160, 160, 3)), 0, 255).astype(np.uint8)
            photo[leaf(species, random)] = 60, 120, 40
            photos.append(photo)
            truth.append(species)
    assert pipeline.predict(photos).tolist() == truth


def test_command_line_prints_one_line_per_family(folder, capsys):
    main([str(folder)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["features", "columns", "ms/image", "accuracy"]
    assert [line.split()[0] for line in lines[1:]] == ["measurements", "curvature", "coverage", "chords", "all"]
