"""Segments that are easy to get wrong, for comparing and testing trained metrics."""

SEGMENTS: tuple[tuple[str, str, str], ...] = (
    (
        "今年上海的医疗资源优势更多了。",
        "This year Shanghai has more medical resources.",
        "Shanghai's medical resources have grown this year.",
    ),
    ("人民日报3月5日讯", "People's Daily, March 5", "People's Daily, 5 March"),
    ("", "", ""),
    ("只有原文", "", "Only the source was there."),
    ("", "There is no source.", "There was no source."),
    ("经济增长了百分之五点二。", "The economy grew by 5.2 %.", "The economy grew by 5.2 %."),
    ("他说：“合作，发展！”", "He said: “cooperate – develop!”", 'He said, "Cooperation; growth!"'),
    # Spaces of all kinds, characters that are not in the vocabulary, special tokens in a text.
    ("　空格　很多　", "  many   spaces\there\n", "many spaces here"),
    ("表情", "a face 😀 and a ｆｕｌｌ width one", "an emoji 🎉"),
    ("标记 <pad> 里面", "a <pad> b </s> c", "tokens <s> inside <mask> a text"),
    # Longer than what the small checkpoints read: a hypothesis, then everything.
    ("新闻。", "the city will grow and the people work " * 6, "News."),
    ("合作与发展是我们共同的目标，" * 8, "Cooperation is our aim, " * 7, "Our common aim " * 7),
)
"""Source, hypothesis and reference of segments that are easy to get wrong."""
