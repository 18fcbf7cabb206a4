"""Paragraphs without a stop: broken, or merely without it; what the learnt weights must know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.breaks import LEAST, features, seam

# what stands before and after, whether it is one sentence
SEAMS = [
    ("充分发挥双方的技术创新优势和医疗资源", "优势，促进成果高效转化。", True),
    ("这一项目由上海市政府和金山区共同出资建设，其中区级财政投入的", "部分占到六成。", True),
    ("会议要求各级部门进一步提高认识，切实加强对", "食品安全的监管。", True),
    ("公司去年在长三角地区新开设了三十二家门店，今年计划再开", "五十家。", True),
    ("农技人员下到田间地头，为农户提供技术指导", "他说，今年的天气比去年好。", False),
    ("这条新线全长四十二公里，沿途共设二十一座车站", "但这还不是全部。", False),
    ("警方已经对此事展开调查，目前案件正在进一步审理中", "我们不能只看眼前的利益。", False),
]


@pytest.mark.parametrize(("left", "right", "is_one"), SEAMS)
def test_a_seam_tells_what_was_broken_from_what_only_lost_its_stop(
    left: str, right: str, is_one: bool
) -> None:
    assert (seam(left, right) >= LEAST) == is_one


@given(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=5))
def test_no_text_has_more_than_every_feature_may_weigh(left: str, right: str) -> None:
    assert abs(seam(left, right)) <= 12
    assert len(list(features(left, right))) == 4


def test_what_was_never_seen_is_taken_for_broken() -> None:
    assert seam("麤龘", "龗鱻") == 0 > LEAST
