__all__: list[str]

from .image_reader import ImageReader as ImageReader
from .inputs.splits import list_splits as list_splits
from .labelled import list_labelled_images as list_labelled_images
from .listing import ImageList as ImageList
from .listing import list_images as list_images
from .masks import read_labels as read_labels
from .masks import read_mask as read_mask
from .metadata.capture import ImageMetadata as ImageMetadata
from .metadata.capture import read_metadata as read_metadata
from .reading import read_image as read_image
from .stacks.channel_union import channel_union as channel_union
from .stacks.video import list_frames as list_frames
