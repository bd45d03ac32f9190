"""One table, three forms: a fragment of the page, LaTeX, CSV."""
