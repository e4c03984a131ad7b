"""The HTTP door to Rolecall: routes, sign-in and pages; no SQL and no rules."""
