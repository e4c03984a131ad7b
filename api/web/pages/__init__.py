"""The screens, one module each: a router whose routes read, call the store once, and render or redirect."""
