"""``report.html``: a report as one file in the look of the classroom page, complete without a network."""
