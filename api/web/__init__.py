"""The page: screens that the server renders, which work without JavaScript and come alive with it."""
