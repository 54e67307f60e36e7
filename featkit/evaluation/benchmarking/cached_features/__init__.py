"""Features that are the same in every fold, extracted once."""
