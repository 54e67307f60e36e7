__all__: list[str]

from .local_descriptors import local_descriptors as local_descriptors
from .visual_words import BagOfVisualWords as BagOfVisualWords
from .visual_words import fisher_vector as fisher_vector
from .visual_words import vlad as vlad
