"""The forms of the registry: they turn what people type into the input of commands."""
