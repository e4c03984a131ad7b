"""The ways to people: services through Apprise, and webhooks of their own."""
