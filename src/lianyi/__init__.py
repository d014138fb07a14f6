"""Lianyi 联医: software for partnerships between hospitals."""

__version__ = "0.1.0"
