__all__: list[str]

from ._checked import color_levels as color_levels
from ._checked import convert_color as convert_color
from ._checked import flatten_alpha as flatten_alpha
from ._checked import foreground_mask as foreground_mask
from ._checked import split_alpha as split_alpha
from ._checked import to_float as to_float
from ._checked import to_gray as to_gray
from ._checked import to_uint8 as to_uint8
from ._checked import warp_affine as warp_affine
from .affine import transform_points as transform_points
from .alpha import join_alpha as join_alpha
from .batches import check_images as check_images
from .checks import check_image as check_image
from .gray_levels import spread_bit_depth as spread_bit_depth
from .masks.components import central_component as central_component
from .masks.components import clear_border as clear_border
from .masks.components import fill_holes as fill_holes
from .masks.components import largest_component as largest_component
from .masks.components import remove_small_components as remove_small_components
from .masks.conversion import separate_labels as separate_labels
from .masks.extents import bounding_box as bounding_box
from .masks.extents import centroid as centroid
from .masks.extents import mask_quality as mask_quality
from .masks.extents import to_mask as to_mask
from .on_demand.lazy_images import LazyImages as LazyImages
