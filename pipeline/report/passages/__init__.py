"""The articles of the report's page as HTML, made without templates: they may be long."""
