"""Names of people in bylines and credits, recognised by their surname."""

import re

from models.patterns import lazy
from pipeline.language.chinese import HAN

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程"
    "魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛阎闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严赖覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左"
    "柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶"
    "解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬"
    "边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原"
    "栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计"
    "索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕"
    "危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由鍾張陳劉楊"
    "黃趙吳孫馬鄭謝許韓鄧馮蕭"
    "葉蘇呂盧薑陸賈鄒閻龍賀顧錢嚴賴溫龐顏鐘倪"
)
"""Family names of one character, as the inside of a regular-expression set; common ones first."""

RARE_IN_CLAUSES = frozenset("高马白万方石金江夏常史时于何成任单向和平易连车温康安包关华曾来")
"""Family names that begin many other words."""
COMMON_SURNAMES = "".join(
    one for one in SURNAMES[:150] if one == "曾" or one not in RARE_IN_CLAUSES
)
"""Family names that begin few other words."""

DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 端木 东方 南宫 独孤 澹台 欧陽"
    "".split()
)
"""Family names of two characters."""
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_NAME = lazy(
    rf"(?:(?:{_DOUBLE})[{HAN}]{{1,2}}|[{SURNAMES}](?:[ \u3000]?[{HAN}]|[{HAN}]{{2}}))$"
    rf"|[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}}$|[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){{1,3}}$"
)
_SEPARATORS = lazy(r"[\s、，,;；/／|]+|\band\b")


def is_name(text: str) -> bool:
    """True if the text looks like one person's name: 金燕玲, 欧阳修, 张 三, 阿卜杜拉·买买提."""
    return bool(_NAME.match(text))


def unspread(text: str) -> str:
    """Join two-character names that are spaced out: 张 三 李 四 becomes 张三 李四."""
    return re.sub(rf"(?<![{HAN}])([{HAN}])[ \u3000]+([{HAN}])(?![{HAN}])", r"\1\2", text)


def are_names(text: str) -> bool:
    """True if the text consists of names only: 屠瑜 陈佳华."""
    # spaces inside a Latin name do not separate names
    whole = re.sub(r"(?<=[A-Za-z.]) (?=[A-Z])", "_", unspread(text.strip()))
    tokens = [token for token in _SEPARATORS.split(whole) if token]
    return bool(tokens) and all(is_name(token.replace("_", " ")) for token in tokens)
