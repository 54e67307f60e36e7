__all__: list[str]

from .ablation import leave_one_family_out as leave_one_family_out
from .baselines import raw_pixel_baselines as raw_pixel_baselines
from .baselines import raw_pixel_features as raw_pixel_features
from .baselines import tuned_pixel_svm as tuned_pixel_svm
from .benchmarking.benchmark import benchmark as benchmark
from .benchmarking.comparison import compare_features as compare_features
from .benchmarking.pipeline_code import pipeline_code as pipeline_code
from .benchmarking.results import Benchmark as Benchmark
from .benchmarking.terminal import print_comparison as print_comparison
from .critical_difference import CriticalDifference as CriticalDifference
from .critical_difference import critical_difference as critical_difference
from .duplicates import find_duplicates as find_duplicates
from .duplicates import perceptual_hash as perceptual_hash
from .learning import crossing_points as crossing_points
from .learning import learning_curves as learning_curves
from .lenet import lenet5 as lenet5
from .robustness import corruption_suite as corruption_suite
from .robustness import robustness_curves as robustness_curves
from .statistics import corrected_resampled_test as corrected_resampled_test
from .statistics import holm_correction as holm_correction
from .statistics import mcnemar_test as mcnemar_test
