"""What is measured: each file is a command that prints a table."""
