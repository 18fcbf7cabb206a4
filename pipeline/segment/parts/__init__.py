"""Parts of a page that look like others: notes, forms, subtitles in two languages."""
