"""Numbers that change only speed or memory: no answer and no key depends on them."""

# Batches

MOST_BATCH_TOKENS = {"cpu": 4096, "mps": 8192, "cuda": 32_768}
"""Padded tokens of the largest batch; more do not make a device faster (on a CPU: its caches)."""

LEAST_BATCH_TOKENS = 256
"""Padded tokens of a batch even if free memory seems to have room for fewer."""

TOKENS_TO_CUT_AGAIN = 65_536
"""Padded tokens of a batch that its backend cuts again: parts are fuller the more there are."""

SHARE_OF_FREE_MEMORY = 0.5
"""Part of free memory that batches may fill: other jobs may come, estimates may be off by two."""

SCORING_BYTES = 2**30
"""Memory of a scoring pass: LOGITS_AT_ONCE logits of four bytes, in four copies."""

SHORT_SENTENCE_TOKENS = 12
"""Length of the shortest sentences that fill a batch; each row has logits over the vocabulary."""

LOGIT_COPIES = 4
"""Copies of the logits in a search step: as computed, float32, log-probabilities, sorted."""

LOGITS_AT_ONCE = 2**26
"""Logits that are turned into probabilities at once (256 MiB)."""

FORCED_TOKENS = 4096
"""Source and target tokens that are scored at once; each has logits over the vocabulary."""

# Workers

BATCHES_A_WORKER = 4
"""Batches that each of several workers gets at least, so that few are idle at the end."""

PARTS = 4
"""The budget of a batch is divided by this for several workers, so that few are idle at the end;
smaller batches would read the weights too often."""

MOST_ON_CPU = 4
"""Batches computed side by side on a CPU, which share the weights; more were not measured."""

MOST_ON_GPU = 4
"""Batches computed side by side on a GPU, which otherwise waits for its thread half of the time."""

# CTranslate2 on a CPU

ROWS_AT_ONCE = 2048
"""Padded source tokens times beams that a core decodes at once: more do not fit its cache."""

WEIGHT_BYTES_A_ROW = 2**16
"""A core decodes one row at once for so many bytes of weights (half of them where they are int8):
reading them is what it saves."""

FEWEST_ROWS_AT_ONCE = 1280
"""Padded source tokens times beams that a core decodes at once with the smallest weights."""

PARTS_AHEAD = 2
"""Parts that wait for each core, so that none is idle; a stopped run waits for no more."""
