"""From the files of the cells to tables, figures, claims with verdicts and one page."""
