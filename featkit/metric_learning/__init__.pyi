__all__: list[str]

from .pairs import PairFeatures as PairFeatures
from .pairs import pair_features as pair_features
from .pairs import pair_features_names as pair_features_names
from .whitened_pca import WhitenedPCA as WhitenedPCA
from .within_class import WithinClassNormalizer as WithinClassNormalizer
