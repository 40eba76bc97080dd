"""Runs of requests in the batches of a provider: input files, jobs, results."""
