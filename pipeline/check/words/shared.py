"""Load the words of the checks when this is imported, for processes that are copied afterwards."""

import gc

from pipeline.check.checks import findings

findings("上海市金山区4日宣布，王小明没有获胜。", "Wang Xiaoming of Shanghai did not win 4 times.")
gc.freeze()  # or every collection would write to the pages that the copies share
