"""Measures what a scan costs, against a bare Celery task and the seed of the idea; `make bench` runs it."""
