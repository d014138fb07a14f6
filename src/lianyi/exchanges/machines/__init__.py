"""The lives of visits, points and actions as tables. Whatever is not in a table is refused."""
