"""What a person can type: names, options and help of every command, without the work itself and without Django."""
