"""Zones of a level image: connected pixels of one value, over 8 neighbours."""

import numpy as np

from .._numba import kernel


@kernel
def zones_of_levels(levels, outside):
    """Level and area of every zone: foreground pixels of one level that hang together over 8 neighbours."""
    height, width = levels.shape
    zone_levels, areas = np.empty(levels.size, np.int64), np.empty(levels.size, np.int64)
    is_seen = levels == outside
    waiting = np.empty(levels.size, np.int64)
    n_zones = 0
    for start in range(levels.size):
        if is_seen[start // width, start % width]:
            continue
        level = levels[start // width, start % width]
        is_seen[start // width, start % width] = True
        waiting[0] = start
        n_waiting, area = 1, 0
        while n_waiting:
            n_waiting -= 1
            area += 1
            row, col = waiting[n_waiting] // width, waiting[n_waiting] % width
            for near_row in range(max(row - 1, 0), min(row + 2, height)):
                for near_col in range(max(col - 1, 0), min(col + 2, width)):
                    if not is_seen[near_row, near_col] and levels[near_row, near_col] == level:
                        is_seen[near_row, near_col] = True
                        waiting[n_waiting] = near_row * width + near_col
                        n_waiting += 1
        zone_levels[n_zones], areas[n_zones] = level, area
        n_zones += 1
    return zone_levels[:n_zones], areas[:n_zones]
