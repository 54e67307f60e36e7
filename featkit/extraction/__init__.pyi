__all__: list[str]

from ._cache_file import CacheError as CacheError
from ._chunks import ExtractionWarning as ExtractionWarning
from .cache import CacheWarning as CacheWarning
from .cache import FeatureCache as FeatureCache
from .chunked import ChunkedTransformer as ChunkedTransformer
from .dataset.batches import transform_batch as transform_batch
from .missing import drop_missing as drop_missing
from .parquet import ExtractionResult as ExtractionResult
from .parquet import extract_to_parquet as extract_to_parquet
from .prediction import PredictionResult as PredictionResult
from .prediction import predict_to_file as predict_to_file
