"""What the survey commands do: tables in, a calculation of `lianyi.methods`, a document or lines out. No Django."""
