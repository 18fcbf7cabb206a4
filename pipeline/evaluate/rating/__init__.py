"""Rating by people: samples of an evaluation as a page, a sheet and a Pearmut campaign."""
