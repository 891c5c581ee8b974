"""Pure rules: no I/O, no clock, no settings. Values in, values out."""
