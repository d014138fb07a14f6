"""What the commands of evaluate do between their options and the functions of `lianyi.analysis`."""
