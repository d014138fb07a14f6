"""What an analyst asks of plain tables, as functions: one line for what `lianyi evaluate` and `lianyi indicator` do.

A table is a data frame of pandas, polars, pyarrow or whatever else Narwhals knows, or a mapping of names to columns.
The arithmetic stands in `lianyi.methods`; here columns are found, checked and named, and results
are put into documents.
"""
