__all__: list[str]

from .describe_features import FeatureReport as FeatureReport
from .describe_features import describe_features as describe_features
from .describe_images import ImageReport as ImageReport
from .describe_images import describe_images as describe_images
from .explain import Explanation as Explanation
from .explain import explain as explain
from .family_importance import family_importance as family_importance
