"""What the plan commands do: a folder of tables in, a plan by `lianyi.methods`, tables and a summary out. No Django."""
