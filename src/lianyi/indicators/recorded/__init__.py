"""The rows of this site as the tables that indicators are counted from, each with its columns as definitions ask.

``tables`` says which there are, ``frames`` lays them out for the engines; whoever needs no engine does not load one.
"""
