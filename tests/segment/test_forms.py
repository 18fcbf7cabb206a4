"""What stands below a title and is no subtitle: forms, letterheads, chapters."""

from tests.segment.test_segment import articles, blocks


def kinds(text: str) -> list[str]:
    return [block[0] for article in articles(text) for block in blocks(article)]


def test_the_lines_of_a_form_are_no_subtitles() -> None:
    form = (
        "# 采访申请表\n\n单位：报社\n\n类别：外籍记者\n\n人数：三人\n\n☒ 当面　☐ 书面\n\n情况属实。"
    )
    assert kinds(form) == ["title", *["paragraph"] * 5]
    assert (
        kinds("**许可协议**\n\n甲方：报社\n\n乙方：王小明\n\n双方订立本协议。")[1:]
        == ["paragraph"] * 3
    )
    [page] = articles("# 许可协议\n\n甲方：报社\n\n乙方：王小明\n\n双方订约。", layout="article")
    assert [block.kind for block in page.blocks][1:] == ["paragraph"] * 3
    assert kinds("# 小吃\n\n豆腐脑\t三元\n\n价格以店家为准。")[1] == "paragraph"
    assert kinds("# 大桥通车\n\n市民：等了十年\n\n昨天大桥通车。")[1] == "subtitle"


def test_a_line_of_a_form_by_itself_is_no_heading() -> None:
    for line, kind in (
        ("稿酬： 50 元", "paragraph"),
        ("主持人：陈明", "paragraph"),
        ("签字：____　日期：__年__月", "paragraph"),
        ("甲方：      （盖章）", "paragraph"),
        ("（第12期）", "furniture"),
        ("记者手记：春天的故事", "heading"),
        ("代言人：谁来当", "heading"),
    ):
        assert kinds(f"# 征文启事\n\n昨天开始征文。\n\n{line}\n\n以后再说。")[2] == kind


def test_a_letterhead_is_above_the_title() -> None:
    letter = "江上市文化局文件\n\n江文〔2024〕8号\n\n关于举办读书节的通知\n\n各馆请做好准备。"
    [page] = articles(letter)
    assert page.title == "关于举办读书节的通知"
    assert kinds(letter) == ["subtitle", "subtitle", "title", "paragraph"]


def test_a_chapter_below_a_title_is_no_subtitle() -> None:
    chapters = "# 江南志略\n\n# 第 1 章 山川\n\n山有三座。\n\n# 第二章 物产\n\n稻分早晚。"
    assert kinds(chapters) == ["title", "title", "paragraph", "title", "paragraph"]
    [page] = articles("# 江上旧闻录\n\n王小明", layout="article")
    assert page.blocks[0].kind == "title"


def test_a_lower_heading_between_title_and_byline_is_a_subtitle() -> None:
    [page] = articles(
        "## 大桥合龙\n\n### 历时三年\n\n本报记者 王小明\n\n昨天合龙。", layout="article"
    )
    assert [block.kind for block in page.blocks][:2] == ["title", "subtitle"]
