"""Learning whitened components of long rows: exact and randomized, time and agreement; run as a script."""

import time

import numpy as np
from sklearn.metrics import roc_auc_score

from featkit import WhitenedPCA

N_COMPONENTS = 150  # as `FaceMatcher` takes of HOG at landmarks (6,912 columns) and of LBP (16,992)
SHAPES = ((1200, 6912), (4000, 6912), (4000, 16992))


def rows_of(n_rows, n_columns, rng):
    """Rows of persons, four each, whose components fall off slowly, as those of descriptors of faces do."""
    persons = np.arange(n_rows) // 4
    scores = 0.5 * rng.normal(size=(n_rows // 4 + 1, 600))[persons] + rng.normal(size=(n_rows, 600))
    mixed = rng.normal(size=(600, n_columns)) * (np.arange(1, 601) ** -0.5)[:, np.newaxis]
    return (scores @ mixed + rng.normal(0, 0.5, (n_rows, n_columns)) + 1).astype(np.float32), persons


def auc(model, rows, persons):
    """How well cosines of the components tell pairs of one person from pairs of two."""
    units = model.transform(rows)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    first, second = np.triu_indices(len(units), 1)
    return roc_auc_score(persons[first] == persons[second], (units @ units.T)[first, second])


def main():
    """Print CPU seconds of both solvers and their ratio, and how well people are told apart that were not learnt."""
    for shape in SHAPES:
        rows, persons = rows_of(shape[0] + 400, shape[1], np.random.default_rng(0))
        best, found = [np.inf, np.inf], [0.0, 0.0]
        for _ in range(2):
            for k, solver in enumerate(("full", "randomized")):
                start = time.process_time()
                model = WhitenedPCA(n_components=N_COMPONENTS, svd_solver=solver).fit(rows[: shape[0]])
                best[k] = min(best[k], time.process_time() - start)
                found[k] = auc(model, rows[shape[0] :], persons[shape[0] :])
        print(
            f"{shape[0]} x {shape[1]}: full {best[0]:.2f} s, randomized {best[1]:.2f} s, "
            f"ratio {best[0] / best[1]:.1f}; AUC {found[0]:.4f} and {found[1]:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
