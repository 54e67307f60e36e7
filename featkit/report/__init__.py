"""The report of a benchmark: one HTML file to look at, to sort and to question; nothing in it comes from elsewhere."""
