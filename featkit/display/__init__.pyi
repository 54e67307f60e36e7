__all__: list[str]

from .checkerboard import draw_on_checkerboard as draw_on_checkerboard
from .images.explanation import ExplanationDisplay as ExplanationDisplay
from .images.face_comparison import FaceComparisonDisplay as FaceComparisonDisplay
from .images.feature import FeatureDisplay as FeatureDisplay
from .images.hog import HOGDisplay as HOGDisplay
from .images.landmarks import LandmarkDisplay as LandmarkDisplay
from .images.measurement import MeasurementDisplay as MeasurementDisplay
from .images.objects import ObjectsDisplay as ObjectsDisplay
from .images.shape_components import ShapeComponentsDisplay as ShapeComponentsDisplay
from .images.steps import StepsDisplay as StepsDisplay
from .results.benchmark import BenchmarkDisplay as BenchmarkDisplay
from .results.critical_difference import CriticalDifferenceDisplay as CriticalDifferenceDisplay
from .results.learning import LearningDisplay as LearningDisplay
from .results.robustness import RobustnessDisplay as RobustnessDisplay
from .shapes.deformation import DeformationGridDisplay as DeformationGridDisplay
from .shapes.landmark_scheme import LandmarkSchemeDisplay as LandmarkSchemeDisplay
