"""A formula's text as a tree; nothing in it is ever run as a program."""
