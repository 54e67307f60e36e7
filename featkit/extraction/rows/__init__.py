"""What commands share that work through folders, go on where they stopped, and write all rows into one table."""
