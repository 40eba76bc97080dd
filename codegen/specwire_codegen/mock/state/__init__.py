"""Resources and jobs that the mock remembers."""
