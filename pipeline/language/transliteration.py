"""Compare foreign names with their Chinese transliterations by their consonants.

约翰·史密斯 has the consonants of Johann Shimis, near to John Smith. A Chinese character may write
some consonants (史 s or sh), an English word has a row of them; vowels do not count. The
method is that of phonetic codes such as Soundex (Russell 1918).
"""

import re
import unicodedata
from functools import lru_cache

from models.patterns import lazy
from pipeline.language.spellings import usual_reading

CHARACTERS = frozenset(
    "刘阿埃艾爱安昂奥澳巴白柏拜班邦保堡鲍北贝本比彼毕宾波玻伯勃博卜布采蔡仓查柴昌彻茨慈达大代"
    "戴黛丹当道得德登邓迪底"
    "地蒂第蒙丁顿都多杜敦厄恩儿尔法凡范方菲费芬丰冯佛夫弗福甫富盖甘冈高戈哥格葛根贡古瓜圭果哈"
    "海罕汉豪赫黑亨洪侯"
    "胡华怀惠霍基及吉纪季加贾简姜杰捷金津久喀卡开凯坎康考科可克肯孔库夸奎昆拉腊莱赖兰朗劳勒雷"
    "累黎里理李礼力历利立"
    "莉丽连莲良廉列烈林琳龙隆楼卢鲁陆路伦罗洛吕略马玛迈麦曼芒毛茂梅门蒙孟米密苗敏明摩莫墨默姆"
    "穆拿纳娜乃奈南瑙内"
    "嫩尼涅宁牛纽农努诺女欧帕派潘庞佩彭蓬皮匹平泊珀普浦齐奇契恰钱强乔切钦琴青丘让热仁日荣容茹"
    "儒瑞若撒萨塞赛桑瑟"
    "森沙莎山珊尚绍舍申生圣胜施什石史士舒朔丝斯思松苏孙索所塔泰坦汤唐陶特腾提田铁廷亭通图屠托"
    "瓦万旺威韦维伟卫魏温"
    "文翁沃乌吾武伍西希锡席夏先香肖谢欣辛兴姓雄休修许雪逊雅亚延扬耶叶伊依以易因英尤于雨约云赞"
    "泽曾扎詹张章哲珍真芝知"
    "治朱兹祖佐埃奥佩斐妮娅婷蕾薇琪雯罕什朵菈穆叙坤侬赞扎岑欣钟盎滕翰唯奎贡祖仲赛昌"
)
"""Characters that write foreign names."""

FOREIGN = frozenset(
    "埃艾昂奥澳班邦鲍贝彼宾玻伯勃蔡查彻茨戴黛丹德登邓迪蒂蒙丁顿厄恩尔法范菲费芬冯佛夫弗福盖冈"
    "戈哥格葛古瓜哈罕汉豪"
    "赫亨霍基加贾杰津喀卡凯坎康柯科克肯库奎昆拉腊莱赖兰朗劳勒雷累黎莉琳龙隆卢鲁伦罗洛吕玛迈麦"
    "曼茂梅米密摩莫墨默姆穆"
    "纳娜奈瑙涅纽农诺欧帕派潘佩彭皮泊珀普齐契恰乔切琴撒萨塞赛桑瑟森沙莎珊史舒丝斯塔泰坦汤陶特"
    "滕提廷图托瓦威韦维魏温翁"
    "沃乌伍希锡逊雅延扬耶伊英尤泽扎詹哲兹佐妮娅婷蕾薇叙灵"
)
"""Characters that write foreign names and little else."""

# The consonants that the start of a syllable of pinyin writes: the usual ones, then others.
_INITIALS = {
    "b": ("b", "pv"), "p": ("p", "bf"), "m": ("m", ""), "f": ("fv", "phw"), "d": ("d", "t"),
    "t": ("t", "d"), "n": ("n", "m"), "l": ("lrɹ", ""), "g": ("g", "kc"), "k": ("kc", "gx"),
    "h": ("h", "gkjxfcw"), "j": ("jgk", "zcd"), "q": ("ckS", "tjg"), "x": ("sSh", "czx"),
    "zh": ("jg", "zcdt"), "ch": ("cS", "tjz"), "sh": ("sS", "czh"), "r": ("rj", "zlygɹ"),
    "z": ("zs", "tdcx"), "c": ("cz", "ts"), "s": ("scSz", "tx"), "w": ("wv", "uhgb"),
    "y": ("yj", "hgi"),
}  # fmt: skip
_SILENT_R = lazy(r"(?<=[aeiou])r(?![aeiouy])")
_DIGRAPHS = (
    ("sch", "S"), ("tch", "c"), ("sh", "S"), ("ch", "c"), ("th", "t"), ("ph", "f"), ("gh", "h"),
    ("ck", "k"), ("qu", "k"), ("x", "ks"), ("q", "k"),
)  # fmt: skip
_WEAK = "hwyɹ"
"""Consonants of English that a transliteration may leave out."""
_OTHER = 0.7
"""What a match is worth that is not the usual one."""
_OTHER_BEGINNING = 0.85
"""What the likeness is worth of names whose first consonants differ: 卡特里 and Trade."""
_NASAL = 0.5
"""Weight of a sound that may be missing."""


@lru_cache(maxsize=4096)
def sounds_of(character: str) -> tuple[tuple[str, str, float], ...]:
    """Return what consonants a Chinese character may write: usual ones, others, their weight."""
    if character == "尔":
        return (("lrɹ", "", 0.7),)
    reading = usual_reading(character)
    match = re.match(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]", reading)
    sounds = []
    if match:
        weight = _NASAL if match[0] in "wyh" else 1.0
        sounds.append((*_INITIALS[match[0]], weight))
    if reading.endswith(("n", "ng")):
        sounds.append(("nm", "", _NASAL))
    return tuple(sounds)


@lru_cache(maxsize=4096)
def skeleton(word: str) -> str:
    """Return the consonants of an English word, once each in a row: Smith is smt."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]s?$", "", word.casefold()))
    plain = "".join(filter(str.isalpha, plain))
    plain = _SILENT_R.sub("ɹ", plain)
    for written, sound in _DIGRAPHS:
        plain = plain.replace(written, sound)
    return re.sub(r"[aeiouæøœßı]", "", re.sub(r"(.)\1+", r"\1", plain))


@lru_cache(maxsize=4096)
def _written(name: str) -> tuple[tuple[tuple[str, str, float], ...], float]:
    """Return the sounds of a Chinese name, and the sum of their weights."""
    sounds = tuple(sound for character in name for sound in sounds_of(character))
    return sounds, sum(weight for _, _, weight in sounds)


@lru_cache(maxsize=4096)
def _spoken(word: str) -> tuple[tuple[tuple[str, float], ...], float]:
    """Return the sounds of an English word, and the sum of their weights."""
    sounds = tuple((sound, _NASAL if sound in _WEAK else 1.0) for sound in skeleton(word))
    return sounds, sum(weight for _, weight in sounds)


def likeness(name: str, word: str, least: float = 0.0) -> float:
    """Return how well a word may be what a Chinese transliteration writes, 0 to 1.

    It is the share of consonants that stand in both, in the same order, less if the first differ.
    What is surely less than `least` is returned as 0, since one of the two is much longer.
    """
    (written, length), (spoken, other) = _written(name), _spoken(word)
    if not written or not spoken:
        return 1.0 if not written and len(word) <= 4 else 0.0
    whole = length + other
    if 2 * min(length, other) < least * whole:
        return 0.0
    row = [0.0] * (len(spoken) + 1)
    for usual, others, weight in written:
        before = row
        row = [0.0]
        last = 0.0
        for column, (sound, other_weight) in enumerate(spoken, 1):
            last = max(last, before[column])
            if sound in usual:
                matched = before[column - 1] + (weight + other_weight)
            elif sound in others:
                matched = before[column - 1] + _OTHER * (weight + other_weight)
            else:
                matched = 0.0
            last = max(last, matched)
            row.append(last)
    begins = _begins_alike(written[0], spoken[0])
    return row[-1] / whole * (1.0 if begins else _OTHER_BEGINNING)


def _begins_alike(written: tuple[str, str, float], spoken: tuple[str, float]) -> bool:
    """True if the first sounds may be the same, or if one of them may be left out."""
    usual, others, weight = written
    sound, other_weight = spoken
    return sound in usual or sound in others or min(weight, other_weight) < 1
