"""The glossary: terms in either script, in any encoding, and never inside another word."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.checks import findings
from pipeline.errors import ConfigError
from pipeline.input.needed import read_glossary
from pipeline.language.glossary import Term, kept_terms, make_glossary, parse_glossary
from pipeline.language.variants import converted, simple_characters
from pipeline.records import Span
from pipeline.translate.missing import wanted_names
from tests.commandline import call

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "pipeline/starter/glossary.tsv"
TERMS = (
    "发展改革委\tNDRC\n一网通办\tAll Services on One Network\n乾隆\tQianlong\n5G网络\t5G network\n"
)
TEXTS = "發展改革委與一網通辦，乾隆皇帝，５Ｇ網絡。"


def matched(glossary: str, text: str) -> list[str]:
    """Return the stretches of a text that are terms."""
    return [text[s.start : s.end] for s, _ in parse_glossary(glossary).matches(text)]


@pytest.mark.parametrize("to", ["simplified", "traditional"])
@pytest.mark.parametrize("written", ["simplified", "traditional"])
def test_a_glossary_in_either_script_matches_text_in_either_script(to: str, written: str) -> None:
    glossary = converted(TERMS, written)  # type: ignore[arg-type]
    text = converted(TEXTS, to)  # type: ignore[arg-type]
    assert len(matched(glossary, text)) == 4
    assert all(word in text for word in matched(glossary, text))


@pytest.mark.parametrize("written", ["臺灣", "台灣", "台湾", "臺湾"])
def test_variants_of_a_character_are_one_term(written: str) -> None:
    assert matched(f"{written}\tTaiwan\n", "台湾、臺灣、台灣") == ["台湾", "臺灣", "台灣"]


def test_a_term_in_both_scripts_has_the_english_of_both() -> None:
    glossary = parse_glossary("发展\tdevelopment\n發展\tgrowth\n")
    assert kept_terms("發展", "growth", glossary) == {"发展": True}
    assert kept_terms("发展", "development", glossary) == {"发展": True}
    assert kept_terms("发展", "progress", glossary) == {"发展": False}


def test_converting_keeps_every_place() -> None:
    everything = "".join(map(chr, range(0x20, 0x9FFF))) + "🙂𠮷"
    assert len(simple_characters(everything)) == len(everything)
    assert simple_characters(simple_characters(TEXTS)) == simple_characters(TEXTS)


def test_a_longer_word_hides_the_terms_inside_it() -> None:
    glossary = "教育部\tMinistry of Education\n教育部门 教育部长\t-\tlonger words\n"
    assert matched(glossary, "教育部门、教育部長和教育部。") == ["教育部"]
    with pytest.raises(ConfigError, match="terms:2: 金山 is given twice"):
        parse_glossary("金山\tJinshan\n银山 金山\t-\n", name="terms")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "big5", "utf-8-sig"])
def test_a_glossary_is_read_in_any_chinese_encoding(tmp_path: Path, encoding: str) -> None:
    text = "教育部\tMinistry of Education\n中央委員會\tCentral Committee\n"
    text = text if encoding != "gb18030" else converted(text, "simplified")
    path = tmp_path / "glossary.tsv"
    path.write_bytes(text.encode(encoding))
    assert len(read_glossary(path).terms) == 2
    (tmp_path / "zh.txt").write_text("教育部發言。\n", encoding="utf-8")
    (tmp_path / "en.txt").write_text("The school spoke.\n", encoding="utf-8")
    names = {"source": "zh.txt", "translation": "en.txt", "glossary": "glossary.tsv"}
    answer = call("check", *(f"--{key}={tmp_path / name}" for key, name in names.items()))
    assert "the glossary wants “Ministry of Education” for 教育部" in answer.text


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "glossary.tsv"
    path.write_bytes(b"a\tb\n\xff\xfe\x00\xd8\xff")
    with pytest.raises(ConfigError, match=r"glossary.tsv:2: not UTF-8 text; save the file"):
        read_glossary(path)


SOUND = [
    ("绿水青山就是金山银山。", "Lucid waters and lush mountains are invaluable assets."),
    ("旧金山的经济多元化。", "San Francisco has a diverse economy."),
    ("隆重庆祝中国共产党成立100周年。", "A grand celebration of the centenary of the CPC."),
    ("各级教育部门要加强管理。", "Education authorities at all levels must improve management."),
    ("财政部长出席会议。", "The finance minister attended the meeting."),
    ("当前政治局势稳定。", "The political situation is stable."),
    ("做好行政协调工作。", "Coordinate administration well."),
    ("建设幸福家园，共建幸福建材市场。", "Build a happy home and market."),
    ("美国国务院发言人表示。", "A spokesperson of the U.S. State Department said."),
    ("美国国防部否认。", "The Pentagon denied it."),
    ("美国财政部宣布。", "The U.S. Treasury announced."),
    ("香港证监会提醒投资者。", "Hong Kong's Securities and Futures Commission warned investors."),
    ("十四五岁的孩子。", "A child of fourteen or fifteen."),
    ("全国排名前二十大企业。", "The twenty largest firms of the country."),
    ("全球有二十大城市参加。", "Twenty large cities of the world took part."),
    ("中国有企业表示担忧。", "Some firms in China voiced concern."),
    ("特区政府公布方案。", "The SAR government announced a plan."),
    ("高科技部件出口增长。", "Exports of high-tech parts grew."),
    ("加强国际合作社会效益明显。", "International cooperation pays off."),
    ("长江苏州段水质改善。", "Water quality in the Suzhou section of the Yangtze improved."),
    ("车停在中山西路。", "The car is parked on West Zhongshan Road."),
    ("唐山西站开通。", "Tangshan West station opened."),
    ("江西藏书丰富。", "The holdings of Jiangxi are rich."),
    ("中国—东盟自贸区。", "The China-ASEAN Free Trade Area."),
    ("俄罗斯副总理访华。", "Russia's deputy prime minister visits China."),
    ("江苏省委书记讲话。", "The secretary of the CPC Jiangsu Provincial Committee spoke."),
    ("这两会场之间。", "Between the two halls."),
    ("公安部署警力。", "Police were deployed."),
    ("投资两广东部。", "Invest in the east of Guangdong and Guangxi."),
    ("全国人大多已返乡。", "Most people in the country have gone home."),
]  # fmt: skip


@pytest.mark.parametrize(("zh", "en"), SOUND)
def test_the_starter_glossary_flags_no_sound_sentence(zh: str, en: str) -> None:
    assert all(kept_terms(zh, en, read_glossary(STARTER)).values())


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("教育部发布通知。", "The schools issued a notice."),
        ("重庆市今天下雨。", "It rains in the city today."),
        ("“十四五”规划。", "The plan."),
        ("国有企业改革。", "Reform of companies."),
        ("福建省。", "A province."),
        ("發展改革委員會：國家發改委發布。", "It was announced."),
    ],
)
def test_the_starter_glossary_still_finds_lost_terms(zh: str, en: str) -> None:
    assert not all(kept_terms(zh, en, read_glossary(STARTER)).values())


def test_the_starter_glossary_holds_nothing_of_the_sample_page() -> None:
    terms = read_glossary(STARTER).terms
    page = ("金山", "金山区", "科济制药", "恒润达生", "廊下镇", "新泾村", "桩基先行", "复旦大学")
    assert not [zh for zh in page if zh in terms]


def test_a_run_without_a_config_keeps_to_the_bundled_glossary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text("两家企业签署了战略合作框架协议。\n", encoding="utf-8")
    assert call("run", "page.txt", "--until", "report").code == 0
    [term] = json.loads(Path("page.yibao/report.json").read_text(encoding="utf-8"))["terms"]
    assert (term["zh"], term["asked"], term["kept"]) == ("战略合作框架协议", 1, 1)
    assert call("run", "page.txt", "--set", "translate.glossary=null", "--output", "b").code == 0
    assert not json.loads(Path("b/report.json").read_text(encoding="utf-8"))["terms"]
    wrong = call("run", "page.txt", "--set", "translate.glossary=bundled:news")
    assert wrong.code == 2
    assert b"no glossary is named 'bundled:news'; write bundled:newspapers" in wrong.stderr


RUN = """
input: {paths: [page.txt]}
output: run
runtime: {device: cpu, memory: "off"}
segment: {convert_to: simplified}
translate:
  model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}
  repair: {enabled: false}
  glossary: glossary.tsv
summarize: {model: {kind: extractive, sentences: 1}}
score: {metrics: [chrf], bootstrap_samples: 0}
"""


def test_a_traditional_glossary_is_followed_through_a_converted_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(RUN, encoding="utf-8")
    Path("page.txt").write_text("教育部與發展改革委發布通知。\n", encoding="utf-8")
    glossary = "教育部\tMinistry of Education\n發展改革委\tNDRC\n"
    Path("glossary.tsv").write_bytes(glossary.encode("big5"))
    assert call("run", "--config", "config.yaml").code == 0
    terms = json.loads(Path("run/report.json").read_text(encoding="utf-8"))["terms"]
    assert {term["zh"]: term["asked"] for term in terms} == {"教育部": 1, "發展改革委": 1}


def test_a_repair_writes_the_terms_of_a_glossary_in_another_script() -> None:
    glossary = parse_glossary("營商環境\tbusiness climate\n")
    found = list(findings("优化营商环境。", "It improved.", glossary=glossary))
    [wanted] = wanted_names("优化营商环境。", found, glossary)
    assert (wanted.span, wanted.english) == (Span(2, 6), "business climate")


LETTERS = st.sets(st.text("囗囡囤", min_size=1, max_size=4), max_size=8)


@given(LETTERS, st.text("囗囡囤囥", max_size=30))
def test_terms_are_found_in_order_without_overlap(terms: set[str], text: str) -> None:
    glossary = make_glossary(tuple(Term(zh, ("x",)) for zh in terms))
    end = 0
    for span, term in glossary.matches(text):
        assert text[span.start : span.end] == term.zh
        assert span.start >= end
        end = span.end


@given(st.lists(st.text("囗囡囤", min_size=1, max_size=4), max_size=8))
def test_the_longest_term_is_found_at_each_place(words: list[str]) -> None:
    glossary = make_glossary(tuple(Term(zh, ("x",)) for zh in set(words)))
    text = "，".join(words)
    assert [term.zh for _, term in glossary.matches(text)] == words


def test_a_glossary_of_a_hundred_thousand_terms_is_read_and_searched() -> None:
    names = [f"国{number}号" for number in range(100_000)]
    glossary = parse_glossary("".join(f"{name}\tNo. {name[1:-1]}\n" for name in names))
    text = "国" * 10_000 + "国99999号" + "国7" * 10_000
    assert [term.english for _, term in glossary.matches(text)] == [("No. 99999",)]
