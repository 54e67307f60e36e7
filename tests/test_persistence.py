"""A saved pipeline comes back as it was, and nothing runs that was not trusted."""

import io
import json
import pickle
import re
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import featkit
from featkit import ChunkedTransformer, load_model, save_model
from featkit.persistence import SavedModelError, SavedModelWarning
from featkit.testing import check_pictures

IMAGES, LABELS = check_pictures(12), np.arange(12) % 2


class Mean(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return np.mean(X, axis=(1, 2))


def test_a_pipeline_comes_back(tmp_path):
    features = make_union(featkit.RegionMeasurements(), featkit.HOG(pixels_per_cell=(16, 16)))
    chunked = ChunkedTransformer(make_pipeline(featkit.BackgroundRemover(method="otsu"), features))
    model = make_pipeline(chunked, StandardScaler(), SVC()).fit(IMAGES, LABELS)
    save_model(model, tmp_path / "model.skops")
    again = load_model(tmp_path / "model.skops")
    assert np.array_equal(again.decision_function(IMAGES), model.decision_function(IMAGES))
    assert repr(again) == repr(model)


def test_learnt_words_come_back(tmp_path):
    words = featkit.BagOfVisualWords(n_words=4).fit(IMAGES, LABELS)
    save_model(words, tmp_path / "words.skops")
    assert np.array_equal(load_model(tmp_path / "words.skops").transform(IMAGES), words.transform(IMAGES))


def test_a_type_must_be_named_to_be_trusted(tmp_path):
    save_model(make_pipeline(Mean().fit(IMAGES)), tmp_path / "mean.skops")
    with pytest.raises(SavedModelError, match=r"not trusted: \['.*test_persistence.Mean'\]") as caught:
        load_model(tmp_path / "mean.skops")
    name = str(caught.value).split("'")[1]
    assert np.allclose(load_model(tmp_path / "mean.skops", trusted=[name]).transform(IMAGES), IMAGES.mean(axis=(1, 2)))


def test_a_function_is_no_type_of_featkit(tmp_path):
    save_model(make_pipeline(FunctionTransformer(featkit.read_image)), tmp_path / "function.skops")
    with pytest.raises(SavedModelError, match="read_image"):
        load_model(tmp_path / "function.skops")


def test_a_function_by_name_and_a_cache_must_be_trusted_too(tmp_path):
    save_model(featkit.BackgroundRemover(mask="os:system"), tmp_path / "evil.skops")
    with pytest.raises(SavedModelError, match="os:system"):
        load_model(tmp_path / "evil.skops")
    assert load_model(tmp_path / "evil.skops", trusted=["os:system"]).mask == "os:system"
    save_model(make_pipeline(ChunkedTransformer(featkit.HOG(), cache="/etc/cron.d/x")), tmp_path / "cache.skops")
    with pytest.raises(SavedModelError, match="/etc/cron.d/x"):
        load_model(tmp_path / "cache.skops")


@pytest.mark.parametrize(
    ("estimator", "asked"),
    [
        (featkit.BackgroundRemover(mask="my-module:segment"), "my-module:segment"),
        (featkit.BackgroundRemover(mask="package.3d:segment"), "package.3d:segment"),
        (featkit.BackgroundRemover(mask="\u00e4ther:segment"), "\u00e4ther:segment"),
        (featkit.BackgroundRemover(mask="os"), "os"),
        (featkit.FaceLandmarks(model_path="/tmp/made_up.dat", trust=True), "/tmp/made_up.dat"),
        (featkit.FaceLandmarks(model_path=Path("made_up.dat"), trust=True), "made_up.dat"),
        (featkit.LandmarkDescriptors(landmarks=featkit.FaceLandmarks(model_path="a.dat", trust=True)), "a.dat"),
        (Pipeline([("hog", featkit.HOG())], memory="/tmp/joblib"), "/tmp/joblib"),
        (make_pipeline(Pipeline([("hog", featkit.HOG())], memory="deep")), "deep"),
        (featkit.ONNXEmbedding(path="/tmp/made_up.onnx"), "/tmp/made_up.onnx"),
        (make_union(featkit.ONNXEmbedding(path="a.onnx", sha256="0" * 64)), "a.onnx"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_a_parameter_runs_or_opens_is_named_and_asked_for(tmp_path, estimator, asked):
    file = tmp_path / "model.skops"
    save_model(estimator, file)
    types = ["pathlib.PosixPath"]
    with pytest.raises(SavedModelError, match="names functions to import or files to open") as caught:
        load_model(file, trusted=types)
    assert f"[{asked!r}]" in str(caught.value)
    assert repr(load_model(file, trusted=[asked, *types])) == repr(estimator)


def test_a_memory_of_joblib_is_asked_for_by_its_place(tmp_path):
    pipeline = Pipeline([("hog", featkit.HOG())], memory=joblib.Memory(tmp_path / "memory", verbose=0))
    save_model(pipeline, tmp_path / "model.skops")
    types, place = [], str(tmp_path / "memory")
    with pytest.raises(SavedModelError, match="types that are not trusted") as caught:
        load_model(tmp_path / "model.skops")
    types = re.findall(r"'([\w.]+)'", str(caught.value))
    with pytest.raises(SavedModelError, match=re.escape(place)):
        load_model(tmp_path / "model.skops", trusted=types)


def test_a_model_path_that_is_not_said_to_be_trusted_is_checked_by_its_hash(tmp_path):
    save_model(featkit.FaceLandmarks(model_path="made_up.dat"), tmp_path / "model.skops")
    assert load_model(tmp_path / "model.skops").model_path == "made_up.dat"


@pytest.mark.parametrize("place", ["fitted", "object array"])
def test_a_function_by_name_must_be_trusted_wherever_it_hides(tmp_path, place):
    evil = featkit.BackgroundRemover(mask="os:system")
    model = ChunkedTransformer(featkit.HOG()).fit(IMAGES)
    if place == "fitted":
        model.transformer_ = evil
    else:
        model.transformer_ = {"a": np.array([evil, None], dtype=object)}
    save_model(model, tmp_path / "evil.skops")
    with pytest.raises(SavedModelError, match="os:system"):
        load_model(tmp_path / "evil.skops")


def test_a_damaged_file_is_refused_wherever_the_damage_is(tmp_path):
    file = tmp_path / "model.skops"
    words = featkit.BagOfVisualWords(n_words=2).fit(IMAGES)
    save_model(words, file)
    content = file.read_bytes()
    refused = 0
    for position in range(0, len(content), len(content) // 40):
        file.write_bytes(content[:position] + bytes([content[position] ^ 255]) + content[position + 1 :])
        try:
            again = load_model(file)
        except SavedModelError as error:
            assert "model.skops" in str(error)  # noqa: PT017
            refused += 1
        else:  # a date in the archive, which nothing depends on
            assert np.array_equal(again.transform(IMAGES), words.transform(IMAGES))
    assert refused > 35


def test_another_major_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(featkit, "__version__", "7.2.0")
    save_model(featkit.HOG(), tmp_path / "hog.skops")
    monkeypatch.undo()
    with pytest.raises(SavedModelError, match=rf"featkit 7.2.0, this is featkit {featkit.__version__}"):
        load_model(tmp_path / "hog.skops")
    monkeypatch.setattr(featkit, "__version__", "7.9.1")
    assert isinstance(load_model(tmp_path / "hog.skops"), featkit.HOG)


@pytest.mark.parametrize("kind", ["pickle", "skops", "cut", "empty", "zip", "missing", "folder"])
def test_what_save_did_not_write_is_refused(tmp_path, kind):
    file = tmp_path / "model.skops"
    save_model(featkit.HOG(), file)
    if kind == "pickle":
        file.write_bytes(pickle.dumps(featkit.HOG()))
    elif kind == "skops":
        skops.io.dump(featkit.HOG(), file)
    elif kind == "cut":
        file.write_bytes(file.read_bytes()[:-50])
    elif kind == "empty":
        file.write_bytes(b"")
    elif kind == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("featkit.json", json.dumps(["no version"]))
    elif kind == "missing":
        file.unlink()
    else:
        file = tmp_path
    with pytest.raises(SavedModelError, match=str(file)):
        load_model(file)


def archive(file, members, compression=zipfile.ZIP_STORED):
    """A file like those of save, with other members."""
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file


def members_of(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("n_bytes", [1, 100, 1000, 2000])
def test_a_file_cut_off_anywhere_is_refused(tmp_path, n_bytes):
    save_model(featkit.HOG(), tmp_path / "model.skops")
    (tmp_path / "model.skops").write_bytes((tmp_path / "model.skops").read_bytes()[:n_bytes])
    with pytest.raises(SavedModelError, match=r"model.skops: expected a whole file made by featkit.save_model"):
        load_model(tmp_path / "model.skops")


@pytest.mark.parametrize(
    "schema",
    [
        None,
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        lambda schema: schema.replace(b'"__loader__": "ObjectNode"', b'"__loader__": "EvilNode"'),
        lambda schema: schema.replace(b"orientations", b"oriontations"),
        lambda schema: schema.replace(b'"protocol"', b'"no_protocol"'),
    ],
    ids=["missing", "no json", "list", "no text", "deep", "loader", "parameters", "protocol"],
)
def test_a_made_up_schema_is_refused(tmp_path, schema):
    save_model(featkit.HOG(), tmp_path / "model.skops")
    members = members_of(tmp_path / "model.skops")
    whole = members.pop("schema.json")
    if schema is not None:
        members["schema.json"] = schema(whole) if callable(schema) else schema
    archive(tmp_path / "model.skops", members)
    with pytest.raises(SavedModelError, match=r"model.skops: expected a whole file made by featkit.save_model"):
        load_model(tmp_path / "model.skops")


def test_what_is_no_estimator_is_refused(tmp_path):
    save_model([1, 2], tmp_path / "list.skops")
    with pytest.raises(SavedModelError, match="list"):
        load_model(tmp_path / "list.skops")


def test_a_pickle_in_place_of_an_array_does_not_run(tmp_path):
    save_model(StandardScaler().fit([[1.0, 2.0]]), tmp_path / "model.skops")
    members = members_of(tmp_path / "model.skops")
    arrays = [name for name in members if name.endswith(".npy")]
    assert arrays
    buffer = io.BytesIO()
    np.save(buffer, np.array([Writes(tmp_path / "ran")], dtype=object), allow_pickle=True)
    archive(tmp_path / "model.skops", members | dict.fromkeys(arrays, buffer.getvalue()))
    with pytest.raises(SavedModelError, match="expected a whole file made by featkit.save_model"):
        load_model(tmp_path / "model.skops")
    assert not (tmp_path / "ran").exists()
    np.load(io.BytesIO(buffer.getvalue()), allow_pickle=True)  # it would have run
    assert (tmp_path / "ran").exists()


class Writes:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_no_member_reaches_out_of_the_file(tmp_path):
    place = tmp_path / "here" / "below"
    place.mkdir(parents=True)
    save_model(StandardScaler().fit([[1.0, 2.0]]), place / "model.skops")
    members = members_of(place / "model.skops")
    array = next(name for name in members if name.endswith(".npy"))
    np.save(tmp_path / "secret.npy", np.array([3.0, 4.0]))
    archive(place / "model.skops", members | {"../../evil": b"evil", str(tmp_path / "evil"): b"evil"})
    assert load_model(place / "model.skops").mean_.tolist() == [1, 2]
    pointing = members["schema.json"].replace(array.encode(), str(tmp_path / "secret.npy").encode())
    archive(place / "model.skops", members | {"schema.json": pointing})
    with pytest.raises(SavedModelError, match=r"secret.npy"):
        load_model(place / "model.skops")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["below", "here", "model.skops", "secret.npy"]


@pytest.mark.parametrize("name", ["featkit.json", "schema.json", "more.npy"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, name):
    save_model(featkit.HOG(), tmp_path / "model.skops")
    members = members_of(tmp_path / "model.skops") | {name: bytes(50_000_000)}
    bomb = archive(tmp_path / "model.skops", members, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(SavedModelError, match=r"members of 5\d{7} bytes in a file of \d{5}\."):
        load_model(bomb)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_failed_save_keeps_the_old_file(tmp_path):
    save_model(featkit.HOG(orientations=5), tmp_path / "model.skops")
    with pytest.raises(TypeError):
        save_model(featkit.BackgroundRemover(mask=(one for one in ())), tmp_path / "model.skops")
    assert load_model(tmp_path / "model.skops").orientations == 5
    assert [path.name for path in tmp_path.iterdir()] == ["model.skops"]


def test_skops_alone_loads_what_featkit_says_it_may(tmp_path):
    model = make_pipeline(featkit.HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1)), SVC()).fit(IMAGES, LABELS)
    skops.io.dump(model, tmp_path / "model.skops")
    again = skops.io.load(tmp_path / "model.skops", trusted=featkit.persistence.skops_trusted_types())
    assert np.array_equal(again.predict(IMAGES), model.predict(IMAGES))


# What holds tables


@pytest.mark.parametrize("container", ["default", "pandas", "polars"])
def test_a_union_and_a_column_transformer_with_any_output_come_back(tmp_path, container):
    table = pd.DataFrame({"image": list(IMAGES), "age": range(len(IMAGES))}, index=range(12, 0, -1))
    images = make_pipeline(featkit.ImageReader(), make_union(featkit.ColorMoments(), featkit.HuMoments()))
    columns = ColumnTransformer([("image", images, "image")], remainder="passthrough")
    model = make_pipeline(columns, StandardScaler()).set_output(transform=container)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # polars has no index
        expected = model.fit(table).transform(table)
        save_model(model, tmp_path / "model.skops")
        again = load_model(tmp_path / "model.skops").transform(table)
    assert type(again) is type(expected)
    np.testing.assert_array_equal(np.asarray(again), np.asarray(expected))
    if container == "pandas":
        assert again.index.tolist() == list(range(12, 0, -1))


# Models of other versions


def resaved(file, change):
    """The saved model with the text of its schema changed, and the version it says."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members = change(members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)


def test_types_stand_by_their_public_names(tmp_path):
    save_model(make_pipeline(featkit.Resizer(mode="pad"), featkit.GLRLM()), tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as archive:
        schema = archive.read("schema.json").decode()
    assert "featkit." not in schema
    assert '"featkit"' in schema


def test_a_model_of_0_1_0_is_loaded_under_the_names_of_today():
    """Resizer(fit="pad"), then HOG and RunLengths (now GLRLM), scaled, before a linear SVM."""
    with pytest.warns(SavedModelWarning, match=r"saved by featkit 0.1.0, this is featkit"):
        model = load_model(Path(__file__).parent / "model_0_1_0.skops")
    assert model[0].get_params() == {"height": 16, "width": 16, "mode": "pad", "background": None}
    assert [type(step).__name__ for _, step in model[1].transformer_list] == ["HOG", "GLRLM"]
    images = np.random.default_rng(0).integers(0, 256, (6, 24, 24)).astype(np.uint8)
    expected = [-0.99886379, 0.9989442, -0.99902443, 0.99875436, -0.99873226, 0.99880905]  # of 0.1.0 itself
    np.testing.assert_allclose(model.decision_function(images), expected, atol=1e-6)


def test_a_model_of_another_major_version_is_refused(tmp_path):
    save_model(featkit.HOG(), tmp_path / "hog.skops")
    resaved(tmp_path / "hog.skops", lambda members: members | {"featkit.json": b'{"featkit": "3.0.0"}'})
    with pytest.raises(SavedModelError, match="saved by featkit 3.0.0"):
        load_model(tmp_path / "hog.skops")


def test_a_model_of_a_later_version_is_refused(tmp_path):
    major, minor = map(int, featkit.__version__.split(".")[:2])
    save_model(featkit.HOG(), tmp_path / "hog.skops")
    for version in (f"{major}.{minor + 1}.0", f"{major}.{minor + 10}.0"):
        note = json.dumps({"featkit": version}).encode()
        resaved(tmp_path / "hog.skops", lambda members, note=note: members | {"featkit.json": note})
        with pytest.raises(SavedModelError, match=f"saved by featkit {version}, this is"):
            load_model(tmp_path / "hog.skops")


@pytest.mark.parametrize("version", ["dev", "x.y", "1", ""])
def test_what_is_no_version_is_refused(tmp_path, version):
    save_model(featkit.HOG(), tmp_path / "hog.skops")
    note = json.dumps({"featkit": version}).encode()
    resaved(tmp_path / "hog.skops", lambda members: members | {"featkit.json": note})
    with pytest.raises(SavedModelError, match="expected a whole file"):
        load_model(tmp_path / "hog.skops")


def test_a_parameter_that_there_is_no_more_is_no_default(tmp_path):
    hog = featkit.HOG()
    hog.flattening = 3
    save_model(hog, tmp_path / "hog.skops")
    resaved(tmp_path / "hog.skops", lambda members: members | {"featkit.json": b'{"featkit": "0.1.0"}'})
    with (
        pytest.warns(SavedModelWarning),
        pytest.raises(SavedModelError, match=r"no parameters \['flattening'\]"),
    ):
        load_model(tmp_path / "hog.skops")
