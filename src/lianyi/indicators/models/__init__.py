"""What indicators, quality control, assessments and evaluations keep: one module for each subject."""
