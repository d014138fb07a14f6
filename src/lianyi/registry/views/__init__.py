"""The registry's pages: load within reach, one command, one answer."""
