"""Results of a benchmark: its tables and what has to be known about the run."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import joblib
import numpy as np
from sklearn.base import BaseEstimator

from ..._optional import require
from ...exceptions import shown
from ...io.places import read_file
from ...io.writing import write_atomically
from .._columns import Score, score_of
from ..learning import crossing_points, learning_curves
from ..robustness import robustness_curves
from ._folds import Fold
from ._targets import Target

if TYPE_CHECKING:
    from pandas import DataFrame

PACKAGES = ("numpy", "scipy", "scikit-learn", "scikit-image", "numba")


@dataclass(repr=False)
class Benchmark:
    """Results of a benchmark: accuracies, tests, curves and costs as pandas tables, and a dict about the run.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per candidate, baselines first, by name: accuracy (mean over the folds), accuracy_std,
        accuracy_low and accuracy_high (95 % interval of `corrected_resampled_test`; where all folds agree, Wilson's
        over the images; NaN for a single fold),
        macro_f1, log_loss (NaN without probabilities), fit_seconds, read_ms, preprocess_ms, feature_ms,
        classify_ms, ms_per_image (their sum), n_features, peak_mb. Costs are medians over the folds, on one core.
        For several labels, accuracy is that of all labels at once (subset accuracy), with micro_f1 and macro_f1 and
        without log_loss. For numbers, r2 stands in all tables in place of accuracy, with mae (mean absolute error).
    folds : pandas.DataFrame
        candidate, repeat, fold, n_train, n_test, accuracy, macro_f1, log_loss and the costs as above.
    predictions : pandas.DataFrame
        candidate, repeat, fold, image (its index), truth, predicted.
    pairs : pandas.DataFrame
        a, b, difference (accuracy of a less that of b), low, high, p_resampled, p_mcnemar, p_resampled_holm,
        p_mcnemar_holm; for numbers, p_squared_error (paired t-test of the squared errors) in place of p_mcnemar.
    learning : pandas.DataFrame
        candidate, n_train, n_test, draw, accuracy.
    robustness : pandas.DataFrame
        candidate, corruption, family, severity, amount, unit, repeat, fold, n_train, n_test, clean (accuracy on the
        unchanged images), accuracy.
    robustness_summary : pandas.DataFrame
        candidate, family, accuracy, low, high, kept (fraction of the accuracy on unchanged images).
    ablation : pandas.DataFrame
        candidate, family (left out), accuracy, difference (to the whole candidate), low, high, p.
    duplicates : pandas.DataFrame
        image_a, image_b, distance, exact, n_parted (folds that are trained on one of them and tested on the other).
    about : dict
        versions, random_state, machine, date, command, seconds, task, n_images, classes (images in each), n_groups,
        n_folds, n_repeats, baselines (names), candidates (their parameters as text). All in types that JSON knows.

    See Also
    --------
    featkit.benchmark : Makes it.
    featkit.write_report : Writes an HTML report of it.
    featkit.display.BenchmarkDisplay : Draws the accuracies.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from featkit import RawPixels, benchmark
    >>> from featkit.evaluation import Benchmark
    >>> images, labels = np.random.default_rng(0).random((12, 5, 5)), np.arange(12) % 2
    >>> found = benchmark({"pixels": RawPixels()}, images, labels, baselines={}, cv=2, verbose=False)
    >>> Benchmark.load(found.save(tempfile.mkdtemp() + "/found.json"))
    Benchmark(1 candidates, 2 folds, 12 images)
    """

    table: "DataFrame"
    folds: "DataFrame"
    predictions: "DataFrame"
    pairs: "DataFrame"
    learning: "DataFrame"
    robustness: "DataFrame"
    robustness_summary: "DataFrame"
    ablation: "DataFrame"
    duplicates: "DataFrame"
    about: dict

    def __repr__(self) -> str:
        counts = f"{len(self.table)} candidates, {self.about['n_folds']} folds, {self.about['n_images']} images"
        return f"Benchmark({counts})"

    @property
    def baselines(self) -> list[str]:
        """Names of the baselines among the candidates: what counts as raw pixels, whatever it is called."""
        return list(self.about.get("baselines", ()))

    @property
    def score(self) -> Score:
        """The score by which candidates are ranked: accuracy, or R² for numbers."""
        return score_of(self.table)

    def learning_curves(self) -> "DataFrame":
        """Mean accuracy and its interval by candidate and number of training images.

        Returns
        -------
        curves : pandas.DataFrame
            See `featkit.evaluation.learning_curves`.
        """
        return learning_curves(self.learning)

    def crossing_points(self) -> "DataFrame":
        """Numbers of training images at which one candidate's learning curve overtakes another's.

        Returns
        -------
        crossings : pandas.DataFrame
            See `featkit.evaluation.crossing_points`.
        """
        return crossing_points(self.learning)

    def robustness_curves(self) -> "DataFrame":
        """Mean accuracy and its interval by candidate, corruption and severity.

        Returns
        -------
        curves : pandas.DataFrame
            See `featkit.evaluation.robustness_curves`.
        """
        return robustness_curves(self.robustness)

    def save(self, path: str | os.PathLike) -> Path:
        """Write everything to one JSON file.

        Parameters
        ----------
        path : str or PathLike
            File to write.

        Returns
        -------
        path : Path
            Of the file written.

        Raises
        ------
        FileWriteError
            When the file cannot be written; one that was there stays.
        """
        content: dict[str, dict] = {"about": self.about}
        for name in _frame_names():
            frame = getattr(self, name)
            columns = frame.reset_index() if name == "table" else frame
            content[name] = {column: columns[column].tolist() for column in columns}
        path = Path(path)
        write_atomically(path, lambda stream: stream.write(json.dumps(content).encode()))
        return path

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Benchmark":
        """Read what `save` has written.

        Parameters
        ----------
        path : str or PathLike
            File to read.

        Returns
        -------
        benchmark : Benchmark
            Equal to the one that was saved.

        Raises
        ------
        ValueError
            When the file is damaged, or is something else.
        """
        DataFrame = require("pandas", extra="report").DataFrame
        content = read_file(path)
        try:
            found = json.loads(content)
            read = {name: DataFrame(found[name]) for name in _frame_names()}
            read["table"] = read["table"].set_index("candidate")
            read["table"].attrs["n_folds"] = found["about"]["n_folds"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}: expected a whole file made by Benchmark.save, got: {shown(error)}. Run the benchmark again."
            ) from error
        return cls(about=found["about"], **read)


def _frame_names() -> list[str]:
    return [field.name for field in fields(Benchmark) if field.name != "about"]


def about_run(
    target: Target,
    groups: np.ndarray | None,
    folds: Sequence[Fold],
    random_state: int,
    baselines: Sequence[str],
    candidates: Mapping[str, BaseEstimator],
) -> dict:
    """What has to be known to judge and to repeat a run, in types that JSON knows; see `Benchmark`."""
    return {
        "versions": {
            "python": platform.python_version(),
            "featkit": version("featkit-images"),
            **{name: version(name) for name in PACKAGES},
            "opencv": cv2.__version__,
        },
        "random_state": random_state,
        "machine": f"{platform.system()} {platform.machine()}, {joblib.cpu_count()} cores",
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "task": target.task,
        "n_images": len(target.values),
        "classes": target.counts(),
        "n_groups": None if groups is None else len(np.unique(groups)),
        "n_folds": len(folds),
        "n_repeats": len({fold.repeat for fold in folds}),
        "baselines": baselines,
        "candidates": {name: _described(candidate) for name, candidate in candidates.items()},
    }


def _described(candidate: BaseEstimator) -> str:
    return " ".join(candidate.__repr__(N_CHAR_MAX=10_000).split())
