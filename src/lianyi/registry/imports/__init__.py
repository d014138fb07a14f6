"""Tables in and out: what kinds of table there are, how a file becomes a plan of changes, and how a plan is done."""
