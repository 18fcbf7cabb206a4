"""English for who gives a picture or reports: places, newspapers, offices, or nothing."""

from functools import lru_cache

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.gazetteer import known_names
from pipeline.language.pinyin import syllables

_KNOWN = {
    "受访者": "the interviewee", "受访者本人": "the interviewee", "受访单位": "the interviewee",
    "采访对象": "the interviewee", "本人": "the person portrayed", "家属": "the family",
    "作者": "the author", "作者本人": "the author", "读者": "a reader", "网友": "an internet user",
    "网络": "the internet", "互联网": "the internet", "企业": "the company",
    "公司": "the company", "校方": "the school", "学校": "the school", "院方": "the hospital",
    "医院": "the hospital", "警方": "the police", "片方": "the film's producers",
    "剧组": "the crew", "出版社": "the publisher", "主办方": "the organizer",
    "主办单位": "the organizer", "组委会": "the organizing committee", "馆方": "the museum",
    "博物馆": "the museum", "官方": "official sources", "相关部门": "the authorities",
    "新华社": "Xinhua", "新华网": "Xinhuanet", "中新社": "China News Service",
    "人民日报": "People's Daily", "光明日报": "Guangming Daily", "经济日报": "Economic Daily",
    "解放日报": "Jiefang Daily", "文汇报": "Wen Wei Po", "新民晚报": "Xinmin Evening News",
    "中国日报": "China Daily", "环球时报": "Global Times", "央视": "CCTV",
    "央视新闻": "CCTV News", "澎湃新闻": "The Paper", "新京报": "The Beijing News",
    "视觉中国": "Visual China Group", "路透社": "Reuters", "法新社": "AFP", "美联社": "AP",
    "微博": "Weibo", "微信": "WeChat", "京": "Beijing", "沪": "Shanghai", "津": "Tianjin",
    "渝": "Chongqing", "粤": "Guangdong", "浙": "Zhejiang", "苏": "Jiangsu", "港": "Hong Kong",
    "澳": "Macao", "台": "Taiwan", "美": "the United States", "英": "the United Kingdom",
    "美国": "the United States", "英国": "the United Kingdom", "日": "Japan",
    "法": "France", "德": "Germany", "俄": "Russia", "华盛顿": "Washington",
}  # fmt: skip
_PLACES = {
    "区": "District", "县": "County", "市": "City", "省": "Province", "镇": "Town",
    "乡": "Township", "街道": "Subdistrict", "村": "Village",
}  # fmt: skip
_OFFICES = {
    "政府": "Government", "人民政府": "People's Government", "公安局": "Public Security Bureau",
    "教育局": "Education Bureau", "卫健委": "Health Commission",
    "文旅局": "Culture and Tourism Bureau",
    "融媒体中心": "Media Center", "宣传部": "Publicity Department",
    "委宣传部": "Party Committee Publicity Department", "消防": "Fire and Rescue",
    "交警": "Traffic Police", "法院": "Court", "检察院": "Procuratorate",
    "博物馆": "Museum", "图书馆": "Library", "美术馆": "Art Museum", "大学": "University",
    "医院": "Hospital", "日报社": "Daily", "日报": "Daily", "晚报": "Evening News",
}  # fmt: skip
_PLACE = lazy(rf"(?P<name>[{HAN}]{{2,4}}?)(?P<kind>{'|'.join(_PLACES)})")


@lru_cache(maxsize=1024)
def office(text: str) -> str | None:
    """Give a place, a newspaper, an office or a giver in English; None where none is known.

    >>> office("金山区"), office("上海博物馆"), office("金山区融媒体中心")
    ('Jinshan District', 'Shanghai Museum', 'Jinshan District Media Center')
    >>> office("受访者"), office("某神秘单位")
    ('the interviewee', None)
    """
    if text in _KNOWN:
        return _KNOWN[text]
    if place := _place(text):
        return place
    for ending in sorted(_OFFICES, key=len, reverse=True):
        if text.endswith(ending) and (place := _place(text[: -len(ending)])):
            return f"{place} {_OFFICES[ending]}"
    return None


def _place(text: str) -> str | None:
    """Give a place in English: one of the gazetteer, or a name in pinyin with what it is."""
    names = list(known_names(text))
    if len(names) == 1 and len(text) == names[0][0].end - names[0][0].start:
        return names[0][1].forms[0]
    if found := _PLACE.fullmatch(text):
        if within := _place(found["name"]):
            return within if found["kind"] in ("市", "省") else f"{within} {_PLACES[found['kind']]}"
        return f"{syllables(found['name'])} {_PLACES[found['kind']]}"
    return None
