"""All SQL. Functions take an open session, never commit (their caller does, once), and return plain values."""
