import numpy as np
import pytest

from featkit import HOG, save_model
from featkit.faces.comparison import FaceDescription, FaceMatcher
from featkit.faces.tables import load_matcher


def test_a_saved_matcher_gives_equal_probabilities(tmp_path):
    persons = np.repeat(np.arange(6), 3)
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(6, n))[persons] + rng.normal(0, 0.3, (18, n)) for n in (136, 60, 80, 40)]
    faces = [FaceDescription(*face) for face in zip(*parts, strict=True)]
    matcher = FaceMatcher(n_components=5).fit(faces, persons)
    save_model(matcher, tmp_path / "verifier.skops")
    loaded = load_matcher(tmp_path / "verifier.skops")
    assert np.array_equal(loaded.probabilities(faces, faces), matcher.probabilities(faces, faces))


@pytest.mark.parametrize("other", [HOG(), FaceMatcher()])
def test_other_models_are_refused(tmp_path, other):
    save_model(other, tmp_path / "other.skops")
    with pytest.raises(ValueError, match="train-verifier, got a"):
        load_matcher(tmp_path / "other.skops")
