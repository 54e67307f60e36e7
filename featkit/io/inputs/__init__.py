"""Many images: where they come from (folders, lists, tables, archives, URLs), cut into parts of work."""
