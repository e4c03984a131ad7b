"""Everything that knows what a scan is. `celery -A worker` finds the Celery application here."""
