"""The object pipeline on a folder of photos: pieces of images that scikit-image ships."""

import numpy as np
import pytest
from skimage import data, io
from sklearn.model_selection import train_test_split

from featkit import list_images
from pipelines.objects import compare, main, object_classifier, object_families, object_images, small_image_families

PHOTOS = {"cat": data.chelsea, "coffee": data.coffee, "rocket": data.rocket}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """12 pieces of each photo, differing in place, size, light and format."""
    folder = tmp_path_factory.mktemp("objects")
    rng = np.random.default_rng(0)
    for name, photo in PHOTOS.items():
        (folder / name).mkdir()
        for index in range(12):
            side = int(rng.integers(120, 220))
            row, col = (rng.integers(extent - side) for extent in photo().shape[:2])
            piece = photo()[row : row + side, col : col + side] * rng.uniform(0.5, 1)
            suffix = "png" if index % 2 else "jpg"
            io.imsave(folder / name / f"{index}.{suffix}", piece.astype(np.uint8), check_contrast=False)
    return folder


def test_a_folder_is_learnt_from_paths_to_classes(folder):
    paths, labels, _ = list_images(folder)
    train, test, y_train, y_test = train_test_split(paths, labels, test_size=0.5, stratify=labels, random_state=0)
    model = object_classifier(side=64).fit(train, y_train)
    assert model.score(test, y_test) > 0.8
    with_pictures = [io.imread(path) for path in test]
    assert (model.predict(with_pictures) == model.predict(test)).mean() > 0.9  # JPEGs are read smaller from disk


def test_every_family_has_the_same_weight_and_names_its_columns(folder):
    paths = list_images(folder).paths[::4]
    images = object_images(side=64).fit_transform(paths)
    assert images.shape == (9, 64, 64, 3)
    prefixes = {"gradients": "hog_", "texture": "lbp_", "color": "color_", "words": "words_"}
    for name, family in object_families().items():
        rows = family.set_output(transform="pandas").fit_transform(images)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(9))
        assert rows.columns.str.startswith(prefixes[name]).all()


def test_the_background_need_not_be_the_same():
    """Disks and squares of one colour on backgrounds whose colour is chance: the object decides, not the background."""
    rng = np.random.default_rng(0)
    row, col = np.mgrid[:90, :120]
    images, labels = [], []
    for index in range(24):
        image = np.full((90, 120, 3), rng.integers(60, 256, 3), dtype=np.uint8)
        center = rng.uniform((30, 30), (60, 90))
        distance = np.abs([row - center[0], col - center[1]])
        image[(np.hypot(*distance) if index % 2 else distance.max(axis=0)) < 22] = 30, 20, 10
        images.append(image)
        labels.append(["square", "disk"][index % 2])
    model = object_classifier(remove_background=True, side=64).fit(images[:12], labels[:12])
    assert model.score(images[12:], labels[12:]) == 1


def test_the_table_has_raw_pixels_every_family_and_all(folder, capsys):
    main([str(folder), "--splits", "2", "--side", "64"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("raw pixels", *object_families(), "all"))
    table = compare(folder, side=64, n_splits=2, verbose=False)
    assert table.loc["all", "n_features"] == table.loc[list(object_families()), "n_features"].sum()
    assert table.loc["all", "accuracy"] > 0.9


def test_small_images_are_told_apart_by_their_own_families(folder, capsys):
    main([str(folder), "--splits", "2", "--small"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("raw pixels", *small_image_families(), "all"))
    paths, labels, _ = list_images(folder)
    train, test, y_train, y_test = train_test_split(paths, labels, test_size=0.5, stratify=labels, random_state=0)
    model = object_classifier(side=32, small=True).fit(train, y_train)
    assert model.score(test, y_test) > 0.8
    cut_out = object_classifier(side=32, small=True, remove_background=True).fit(train, y_train)
    assert cut_out.predict(test).shape == (18,)  # cells without foreground
