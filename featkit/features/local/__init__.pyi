__all__: list[str]

from .encodings import fisher_vector as fisher_vector
from .encodings import vlad as vlad
from .local_descriptors import local_descriptors as local_descriptors
from .visual_words import BagOfVisualWords as BagOfVisualWords
from .whitened_patches import WhitenedPatches as WhitenedPatches
