"""Terms of a glossary in any form of their words, and not inside longer words."""

import pytest

from pipeline.check.terms import terms
from pipeline.language.english_words import EnglishWords
from pipeline.language.glossary import parse_glossary

GLOSSARY = parse_glossary(
    "金山\tJinshan\n金山区\tJinshan District\n发展\tdevelopment\n发展改革委\tNDRC\n"
    "国家发展改革委\tNational Development and Reform Commission\n人民\tpeople\n人民币\tRMB\n"
    "市\tcity\n上海市\tShanghai\n市长\tmayor\n党委\tParty committee\n党委书记\tParty secretary\n"
    "合作\tcooperation\n示范区\tdemonstration zone\n公报\tcommuniqué\n5G网络\t5G network\n"
    "A股\tA-shares\n儿童\tchild\n妇女\twoman\n渔民\tfisherman\n分析\tanalysis\n公司\tcompany\n"
    "推进\tadvance\n利用\tuse\n制造\tmake\n解决\tsolve\n飞机\tplane\n标准\tcriterion\n领导\tlead\n规划\tplan\n研究\tstudy\n危机\tcrisis\n"
    "政策\tpolicy\n企业家\tentrepreneur\n人民政府\tpeople's government\n投资\tinvestment\n"
)

KEPT = [
    ("金山区政府。", "Jinshan District government."),
    ("国家发展改革委发布。", "The National Development and Reform Commission announced."),
    ("发行人民币债券。", "Issue RMB bonds."),
    ("建设示范区。", "Build demonstration zones."),
    ("发表公报。", "Issued communiqués."),
    ("发表公报。", "Issued a communique."),
    ("城市发展。", "Urban development."),
    ("发展经济。", "Developing the economy."),
    ("发展经济。", "The economy developed."),
    ("都市报。", "Metropolis Daily."),
    ("市场价格。", "Market prices."),
    ("５Ｇ网络建设。", "Building of 5G networks."),
    ("Ａ股上涨。", "A shares rose."),
    ("儿童上学。", "Children go to school."),
    ("妇女就业。", "Employment of women."),
    ("渔民出海。", "Fishermen set out to sea."),
    ("数据分析。", "Data analyses."),
    ("公司的财产。", "The company's property."),
    ("三家公司。", "Three companies."),
    ("推进改革。", "Advancing the reform."),
    ("推进改革。", "The reform was advanced."),
    ("上海市长出席。", "The mayor of Shanghai attended."),
    ("区人民政府。", "The district people’s government."),
    ("统一标准。", "Uniform criteria."),
    ("领导改革。", "He led the reform."),
    ("规划道路。", "Planning of roads."),
    ("规划道路。", "Roads were planned."),
    ("研究问题。", "Studied the problem."),
    ("研究问题。", "Studies of the problem."),
    ("应对危机。", "Respond to crises."),
    ("出台政策。", "Policies were issued."),
    ("合作社成立。", "The collective was founded."),
    ("吸引投资。", "Attract investments."),
    ("吸引投资。", "Invested more."),
    ("利用资源。", "Using resources."),
    ("利用资源。", "Resources are used."),
    ("制造设备。", "Makers of equipment made it."),
    ("解决问题。", "Solving the problem."),
    ("飞机起飞。", "Planes took off."),
]
LOST = [
    ("金山区政府。", "The Jinshan government."),
    ("国家发展改革委发布。", "The NDRC announced."),
    ("党委书记王强。", "Wang Qiang, secretary of the Party committee."),
    ("５Ｇ网络建设。", "Building of the fifth-generation network."),
    ("Ａ股上涨。", "Stocks rose."),
    ("推进改革。", "Promote reform."),
    ("上海市长出席。", "The leader of Shanghai attended."),
    ("公司的财产。", "The accompanying property."),
    ("儿童上学。", "Pupils go to school."),
    ("应对危机。", "Respond to critics."),
    ("规划道路。", "Roads on a plane."),
    ("出台政策。", "The police were sent."),
]


@pytest.mark.parametrize(("source", "translation"), KEPT)
def test_any_form_of_a_term_counts(source: str, translation: str) -> None:
    assert [one.message for one in terms(source, translation, GLOSSARY)] == []


@pytest.mark.parametrize(("source", "translation"), LOST)
def test_another_word_does_not_count(source: str, translation: str) -> None:
    assert len(terms(source, translation, GLOSSARY)) == 1


def test_terms_that_overlap_are_those_of_the_words() -> None:
    found = [term.zh for _, term in GLOSSARY.matches("上海市长和上海市")]
    assert found == ["市长", "上海市"]


def test_a_text_without_words_has_no_term() -> None:
    assert not EnglishWords("…").has("city")
    assert EnglishWords("a city").has("the city")
