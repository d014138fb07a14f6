"""Reasons why something about indicators, assessments and evaluations is refused."""
