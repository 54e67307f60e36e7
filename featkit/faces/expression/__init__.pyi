__all__: list[str]

from .expression_geometry import ExpressionGeometry as ExpressionGeometry
from .expression_geometry import expression_geometry as expression_geometry
from .expression_geometry import expression_geometry_names as expression_geometry_names
from .opening_events import OpeningEvent as OpeningEvent
from .opening_events import opening_events as opening_events
