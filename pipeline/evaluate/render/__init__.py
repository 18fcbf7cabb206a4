"""An evaluation as a page, tables, plots, JSON, JUnit and text."""
