"""The demo's objects, from images to a report."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from featkit import write_report
from pipelines import demo


def test_objects_become_a_section_with_everything_in_it(tmp_path):
    section = demo.objects_section(8)
    page = write_report(tmp_path / "report.html", section).read_text(encoding="utf-8")
    assert section.benchmark.about["n_images"] == 24
    for heading in ("Results", "Corrupted test images", "Without each family", "Step by step", "predicted", "costs"):
        assert heading in page
    assert page.count('<ol class="strip">') == 3
    accuracy = section.benchmark.table["accuracy"]["background removed, measured + SVM"]
    assert f"the oldest recipe of all, is right on {100 * accuracy:.0f} %" in section.words
    assert len(page) < 5e6


def test_drawn_objects_have_any_colour_on_any_background():
    images, labels = demo.draw_objects(20)
    assert images.shape == (60, 128, 128, 3)
    assert np.unique(labels, return_counts=True)[1].tolist() == [20, 20, 20]
    by_class = [images[labels == label].mean(axis=(0, 1, 2)) for label in demo.SHAPES]
    assert np.ptp(by_class, axis=0).max() < 40  # mean colour tells nothing


def test_dim_light_is_told_classifier_by_classifier():
    names = ["raw pixels + logistic regression", "raw pixels + MLP", "raw pixels + tuned SVM", "stretched pixels + SVM"]
    rows = [(name, "brightness", accuracy) for name, accuracy in zip(names, (0.5, 0.9, 0.4, 0.95))]
    found = SimpleNamespace(
        robustness=pd.DataFrame([*rows, (names[0], "blur", 0.1)], columns=["candidate", "corruption", "accuracy"]),
        baselines=names,
    )
    assert demo.dimming_words(found).startswith(
        "That dim light breaks raw pixels is true of logistic regression (50 %) and tuned SVM (40 %), on the mean of "
        "five steps of dimming, and hardly of the MLP (90 %)"
    )
