"""One section of the HTML report: a benchmark, its images, and everything that is said and drawn of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from ..display._curves import candidate_styles
from ..evaluation._columns import ACCURACY, R2
from ..evaluation.benchmarking.results import Benchmark
from ..image.checks import Image
from ._charts import learning_charts, prediction_charts, robustness_charts
from ._gallery import error_gallery
from ._images import figure_urls, strip_of
from ._svg import COLOR_CLASSES
from ._tables import ablation_table, confusion_tables, costs_table, pairs_table, results_table, robustness_table
from ._verdict import best_rivals, ranked, scores_of, verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_IMAGE_TESTS = {
    ACCURACY: "McNemar: over the images.",
    R2: "Squared errors: paired t-test over the images.",
}
FEW_FOLDS = 3  # intervals over so few are wider than the chart, and are shown on request only


@dataclass
class ReportSection:
    """A section of the HTML report: a benchmark with the images and figures that belong to it.

    Parameters
    ----------
    benchmark : Benchmark
        As `benchmark` returns it. Frames that are None or empty are left out.
    title : str, default="Benchmark"
        Heading of the section.
    words : str, default=""
        What the images are and where they come from.
    images : sequence of ndarray or None, default=None
        The images that were compared, in their order: for the gallery of errors.
    pipelines : dict of str to fitted Pipeline, default={}
        Candidates whose steps are shown on `samples`.
    samples : sequence of ndarray, default=()
        Images (or what the pipelines read) for the strips.
    figures : list of (str, matplotlib Figure), default=()
        Further figures with their captions.

    See Also
    --------
    write_report : Writes sections as one file.
    featkit.benchmark : Makes the benchmark.

    Examples
    --------
    >>> from featkit.report import ReportSection
    >>> ReportSection(benchmark=None, title="Leaves").title
    'Leaves'
    """

    benchmark: Benchmark
    title: str = "Benchmark"
    words: str = ""
    images: Sequence[Image] | np.ndarray | None = None
    pipelines: Mapping[str, BaseEstimator] = field(default_factory=dict)
    samples: Sequence | np.ndarray = ()
    figures: Sequence[tuple[str, "Figure"]] = ()


def rendered(section: ReportSection, number: int) -> dict[str, Any]:
    """Everything that the template shows of a section."""
    benchmark, place = section.benchmark, f"section-{number}"
    table, score = benchmark.table, benchmark.score
    rivals = best_rivals(benchmark)
    best_first = list(ranked(scores_of(benchmark)).index)
    shown_pair = (rivals[1], rivals[0]) if rivals else (best_first[-1], best_first[0])
    return {
        "id": place,
        "title": section.title,
        "words": section.words,
        "sentences": verdict(benchmark),
        "score": {"name": score.name, "heading": score.heading, "image_test": _IMAGE_TESTS[score]},
        "has_bands": benchmark.about.get("n_folds", FEW_FOLDS + 1) > FEW_FOLDS,
        "candidates": _legend(table.index, benchmark.baselines),
        "results": results_table(benchmark),
        "pairs": pairs_table(benchmark),
        "learning": learning_charts(benchmark, place),
        "robustness": robustness_charts(benchmark, place),
        "robustness_summary": robustness_table(benchmark.robustness_summary),
        "ablation": ablation_table(benchmark),
        "predictions": prediction_charts(benchmark, reversed(shown_pair), place),
        "confusion": _best_first(confusion_tables(benchmark), best_first),
        "gallery": error_gallery(benchmark, section.images, shown_pair) if len(best_first) > 1 else None,
        "strips": [
            {"candidate": name, "steps": strip_of(pipeline, sample)}
            for name, pipeline in section.pipelines.items()
            for sample in section.samples
        ],
        "figures": [{"caption": caption, "urls": figure_urls(figure)} for caption, figure in section.figures],
        "costs": costs_table(benchmark),
        "about": {
            key.replace("_", " "): _about_text(value) for key, value in benchmark.about.items() if value is not None
        },
    }


def _about_text(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {part}" for key, part in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _legend(names: Iterable[str], baselines: Collection[str]) -> list[dict]:
    return [
        {
            "name": str(name),
            "number": style.number,
            "color": COLOR_CLASSES[style.color],
            "dashed": style.linestyle == "--",
        }
        for name, style in candidate_styles(names, baselines).items()
    ]


def _best_first(tables: list[dict], names: list[str]) -> list[dict]:
    return sorted(tables, key=lambda table: names.index(table["candidate"]))
