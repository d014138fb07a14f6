"""What the commands of the command line do. Importing this package imports no Django; its rooms do."""
