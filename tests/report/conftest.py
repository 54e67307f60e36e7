"""A made-up benchmark: figures that are known, names that try to break out of the page."""

import numpy as np
import pandas as pd
import pytest

from featkit.evaluation import Benchmark
from featkit.evaluation.robustness import robustness_summary

EVIL = "<script>alert(1)</script>"
ACCURACIES = {
    "raw pixels + tuned SVM": 0.920,
    "raw pixels + MLP": 0.905,
    "HOG + SVM": 0.965,
    f"colours {EVIL}": 0.840,
    "normalised HOG + SVM": 0.985,
}
CLASSES = ["cat", "dog", f"{EVIL} & co"]
FOLDS = [(repeat, fold) for repeat in range(2) for fold in range(3)]
N_IMAGES = 90


def made_up_table():
    rows = {
        name: {
            "accuracy": accuracy,
            "accuracy_std": 0.01,
            "accuracy_low": accuracy - 0.012,
            "accuracy_high": accuracy + 0.012,
            "macro_f1": accuracy - 0.002,
            "log_loss": np.nan if "SVM" in name else 0.3,
            "fit_seconds": 2.5 * (k + 1),
            "read_ms": 0.4,
            "preprocess_ms": 0.1 * k,
            "feature_ms": 0.2 * k,
            "ms_per_image": 0.4 + 0.3 * k,
            "n_features": 784 - 100 * k,
            "peak_mb": 120.0 + k,
        }
        for k, (name, accuracy) in enumerate(ACCURACIES.items())
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def made_up_pairs():
    names = list(ACCURACIES)
    rows = []
    for k, a in enumerate(names):
        for b in names[k + 1 :]:
            difference = ACCURACIES[a] - ACCURACIES[b]
            p = 0.4 if abs(difference) < 0.02 else 0.002
            rows.append((a, b, difference, difference - 0.01, difference + 0.01, p / 3, p / 4, p, p / 2))
    columns = ["a", "b", "difference", "low", "high", "p_resampled", "p_mcnemar", "p_resampled_holm", "p_mcnemar_holm"]
    return pd.DataFrame(rows, columns=columns)


def made_up_predictions():
    """Image k is missed by candidate c where k falls among the first of its errors: known images for the gallery."""
    rows = []
    for c, (name, accuracy) in enumerate(ACCURACIES.items()):
        n_errors = round((1 - accuracy) * 100)
        for repeat in range(2):
            for image in range(N_IMAGES):
                truth = image % 3
                missed = c <= image - 10 * c < c + n_errors
                predicted = (truth + 1) % 3 if missed else truth
                rows.append((name, repeat, image % 3, image, CLASSES[truth], CLASSES[predicted]))
    return pd.DataFrame(rows, columns=["candidate", "repeat", "fold", "image", "truth", "predicted"])


def made_up_learning():
    rows = []
    for name, accuracy in ACCURACIES.items():
        for n_train in (100, 300, 1000):
            slope = 1.6 if name == "HOG + SVM" else 0.5  # it begins below raw pixels and overtakes them
            for draw in range(3):
                value = accuracy - slope * (1 - n_train / 1000) ** 4 * 0.2 + 0.003 * (draw - 1)
                rows.append((name, n_train, 30, draw, value))
    return pd.DataFrame(rows, columns=["candidate", "n_train", "n_test", "draw", "accuracy"])


def made_up_robustness():
    kinds = {
        "brightness": ("light", (-0.5, -1, -1.5, -2, -3), "stops"),
        "rotation": ("geometry", (5, 10, 15, 20, 30), "degrees"),
        "occlusion": ("cover", (0.02, 0.05, 0.1, 0.15, 0.25), "share of the area"),
    }
    rows = []
    for c, (name, clean) in enumerate(ACCURACIES.items()):
        for kind, (family, amounts, unit) in kinds.items():
            for severity, amount in enumerate(amounts, start=1):
                for repeat, fold in FOLDS:
                    loss = 0.05 * severity * (1 if kind == "occlusion" and c == 4 else 0.2 * (5 - c))
                    accuracy = clean - loss + 0.004 * (fold - 1)
                    rows.append((name, kind, family, severity, amount, unit, repeat, fold, 60, 30, clean, accuracy))
    columns = [
        "candidate",
        "corruption",
        "family",
        "severity",
        "amount",
        "unit",
        "repeat",
        "fold",
        "n_train",
        "n_test",
        "clean",
        "accuracy",
    ]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="session")
def made_up_benchmark():
    robustness = made_up_robustness()
    ablation = [("normalised HOG + SVM", "hog", 0.9, -0.085, -0.1, -0.07, 0.001)]
    return Benchmark(
        table=made_up_table(),
        folds=pd.DataFrame(),
        predictions=made_up_predictions(),
        pairs=made_up_pairs(),
        learning=made_up_learning(),
        robustness=robustness,
        robustness_summary=robustness_summary(robustness),
        ablation=pd.DataFrame(ablation, columns=["candidate", "family", "accuracy", "difference", "low", "high", "p"]),
        duplicates=pd.DataFrame(
            [(0, 5, 0, True, 2), (3, 8, 4, False, 0)], columns=["image_a", "image_b", "distance", "exact", "n_parted"]
        ),
        about={
            "classes": {EVIL: 30},
            "random_state": 0,
            "n_folds": 6,
            "n_images": 90,
            "n_groups": None,
            "baselines": ["raw pixels + tuned SVM", "raw pixels + MLP"],
        },
    )


@pytest.fixture(scope="session")
def images():
    rng = np.random.default_rng(0)
    shades = rng.integers(60, 200, (N_IMAGES, 1, 1, 3))
    return (shades + rng.integers(0, 55, (N_IMAGES, 24, 24, 3))).astype(np.uint8)
