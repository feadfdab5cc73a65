"""Django's PostgreSQL, with statements planned once and a lighter look at the line."""
