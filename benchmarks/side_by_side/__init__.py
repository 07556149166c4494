"""The same ten mistakes in a workflow file, given to Antiphon and to four other frameworks."""
