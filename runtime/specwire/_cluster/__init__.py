"""Runs of many requests on Dask and Ray: partitions, workers and limits that they share."""
