"""What `lianyi indicator` does: documents and lines from definitions and results. No Django."""
