"""What files tell beside their pixels: physical size, capture time, camera."""
