"""English number words and their values, from english_words.tsv."""

from pipeline.data_file import data_tables

_TABLES = {
    table: {word: int(value) for word, value in words.items()}
    for table, words in data_tables(__file__, "english_words.tsv").items()
}
SMALL, TENS, ORDINALS = _TABLES["small"], _TABLES["tens"], _TABLES["ordinals"]
SCALES, ABBREVIATIONS = _TABLES["scales"], _TABLES["abbreviations"]
MULTIPLES, FRACTIONS, OTHERS = _TABLES["multiples"], _TABLES["fractions"], _TABLES["others"]
DECADES, MONTHS, WEEKDAYS = _TABLES["decades"], _TABLES["months"], _TABLES["weekdays"]
MONTH_NAMES = tuple(MONTHS)
