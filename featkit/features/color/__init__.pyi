__all__: list[str]

from .color_coherence_vector import ColorCoherenceVector as ColorCoherenceVector
from .color_coherence_vector import color_coherence_vector as color_coherence_vector
from .color_coherence_vector import color_coherence_vector_names as color_coherence_vector_names
from .color_correlogram import ColorCorrelogram as ColorCorrelogram
from .color_correlogram import color_correlogram as color_correlogram
from .color_correlogram import color_correlogram_names as color_correlogram_names
from .color_histogram import ColorHistogram as ColorHistogram
from .color_histogram import color_histogram as color_histogram
from .color_histogram import color_histogram_names as color_histogram_names
from .color_moments import ColorMoments as ColorMoments
from .color_moments import color_moments as color_moments
from .color_moments import color_moments_names as color_moments_names
from .dominant_colors import DominantColors as DominantColors
from .dominant_colors import dominant_colors as dominant_colors
from .dominant_colors import dominant_colors_names as dominant_colors_names
