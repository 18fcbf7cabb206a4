"""Check that a denial stays a denial: 不, 没有, 未 against not, never, without, un-, -less."""

import re
from bisect import bisect_left

from pipeline.language.chinese import HAN
from pipeline.records import Finding, Span

# Words with 不, 没, 未, 无 … in them that deny nothing, or that English often says without a no.
_IDLE = re.compile(
    r"未经预约|不停|不知何故|不知不觉|不符合时代|不经心|无处不在|无所不|从未来|不绝|不朽|不时|不仅|不但|不只|不单|不光|不断|不久|不同|不少|不过|不管|不论|不妨|不得不|不可不|不会不|不能不|不无|无不|不乏|不禁|不惜"
    r"|不由得|不愧|不时|不等|不一|不已|不止|不料|不错|不外|不拘|不幸|不足|不到|不满|不超过|不低于|不少于|不亚于|不高于|不及"
    r"|不如|不大|不便|不景气|不变|不间断|不遗余力|不约而同|不言而喻|不计其数|不可思议|不仅仅|不日|不解|不安|不适|不良|不利"
    r"|不列颠|不莱梅|不来梅|不丹|不锈钢|不相上下|不顾身|不上|不屈|不紊|各不相同|一不可|不胜|不会用|不足|不同|不得已|不愿不|不少|不佳|不凡|不容|不懈|不忘|不负|不怕|不畏|不眠"
    r"|不小心|不休|不失|不稳|坚定不移|不渝|那不勒斯|不寒而栗|不确切|不辞|不正之风|不特定|不好|不我待|不可抑制|不动产|直言不讳|供认不讳"
    r"|不语|不舍|不愿具名|不挠|视而不见|没错|毫不留情|卖不出去|不多|不堪|不疑|不惑|不倒翁|不二|不菲|不俗|不吝|不衰|不竭|不悔|不易|不法"
    r"|差不多|对不起|了不起|要不|巴不得|恨不得|忍不住|禁不住|来不及|说不定|莫不|莫过于|无论|无疑|无数|无比|无线|无人机|无人驾驶"
    r"|无忧|无锡|无私|无穷|无限|无缝|无缘|无辜|无奈|无意|无情|无声|无偿|无上|无形|无障碍|无烟|无妨|虚无|全无|无菌|无机"
    r"|未来|未必不|未婚|未成年|未遂|未知|未免|没收|没落|没准|淹没|埋没|沉没|出没|吞没|覆没|没关系"
    r"|非常|非洲|非法|非凡|非得|非遗|非物质|南非|北非|东非|西非|中非|是非|除非|莫非|并非不|非典|科特迪瓦"
    r"|别人|别的|别墅|别名|区别|特别|分别|个别|级别|性别|类别|辨别|识别|告别|离别|差别|鉴别|别致|别具|别有|派别|国别|别克|久别"
    r"|否则|是否|能否|可否|与否|否认|否决|莫斯科|莫名|约莫|勿忘|是不是|有没有|能不能|会不会|要不要|可不可|好不好|行不行|对不对"
    rf"|(?P<verb>[{HAN}])[不没](?P=verb)|[不没][{HAN}]{{0,3}}[不没]|不[^，。；、]{{1,6}}不|没有[^，。；]{{1,12}}就没有"
)
_DENIES = re.compile(
    r"不(?:是|会|能|可|得|要|应|该|敢|想|愿|再|允许|予|必|需|用|准|曾|存在|知道|知|承认|同意|接受|支持|参加|属于|在|受|起诉|捕)"
    rf"|没有|没(?=[{HAN}])|并未|从未|尚未|未能|未曾|未经|未有|未予|还未|仍未|绝不|决不|毫不|并不|从不|也不|都不|永不|并非|绝非|无法|无权|毫无|并无|无须|无需|不"
)
# Everything that can carry a no; better too many than a false alarm.
_ENGLISH = re.compile(
    r"\b(?:not|no|never|none|nor|neither|nobody|nothing|nowhere|without|cannot|hardly|barely"
    r"|scarcely|rarely|seldom|unless|except|free|few|fewer|little|less|least|lest|than|instead"
    r"|rather|lack\w*|fail\w*|refus\w*|reject\w*|den(?:y|ie[sd]|ying|ial\w*)|prevent\w*"
    r"|prohibit\w*|ban(?:s|ned|ning)?|forbid\w*|forbade|avoid\w*|stop\w*|ceas\w*|exclud\w*"
    r"|absen\w*|miss(?:es|ed|ing)?|remov\w*|exempt\w*|omit\w*|yet to|devoid|clos\w+"
    r"|trouble\w*|minor|low|mixed|too|only|until|before|beyond|out|away|off|far|otherwise|but"
    r"|anonym\w+|silen\w+|suspen\w+|ignor\w+|blind\w*|precarious\w*|halt\w*|continu\w+"
    r"|nonetheless|however|although|though|wrong\w*|illegal\w*|illegitimate|irrelevant"
    r"|irregular\w*|irrespective|regardless|despite|doubt\w*|difficult\w*|hard|poor\w*|bad\w*"
    r"|worse|worst|weak\w*|against|oppos\w*|abstain\w*|remain\w*|still|loss|lost|lose\w*"
    r"|keep\w*|contrary|unable|non\w*|un(?!der|it|ion|i[vqf]|til|cles?\b)\w{3,}"
    r"|in(?:ab|ac|ad|ap|au|ca|co[mnr]|cr|cu|d[ei]|e[fqlsvx]|fe|fo|fr|ha|hum|ju|op|or|sa|se[cn]"
    r"|sig|suf|tol|val|vis|vol)\w+|im(?:m|p[aeor])\w+|dis\w{3,}|mis\w{3,}|irr\w+|ill\w+"
    r"|under(?:perform|achiev|rat|estimat|staff|paid|fund)\w*|a?typical|\w+less|\w+n(?:['’]|&#39;)t)\b",
    re.IGNORECASE,
)
_PLAIN_NO = re.compile(
    r"(?<!whether or )\b(?:not|never|cannot|\w+n(?:['’]|&#39;)t)\b"
    r"(?!\s(?:only|worry|just|merely|simply|least|so|as|half|quite|mind|(?:less|fewer)\sthan))",
    re.I,
)
# What could stand behind an English "not", after words in which such a character denies nothing.
_CHINESE_NO = re.compile(
    r"[不没未无勿别莫否难拒禁缺失避止除弗毋仅只才反错误假绝甭毫唯非免休防停少外差缓陌]|第一次|与其|以外|之前|以前"
)
_NEUTRAL = re.compile(
    r"非洲|非常|南非|北非|东非|西非|中非|未来|特别|区别|级别|性别|个别|分别|类别|识别|别墅|国别|告别|离别"
    r"|反射|反映|反应|反馈|反弹|相反|灾难|难民|停车|停留|停靠|是否|能否|可否|外国|国外|海外|外交|外部|外面"
    r"|户外|另外|此外|除了|除此|莫斯科|莫名|莫桑比克|少年|少女|少数|失业|防疫|防止|国防|消防|防御|防守|无人机"
    r"|无线|无论|不同(?!意)|不断|不仅|例如|差异|差距|缺点|休息|休闲|退休|误差|减少|至少|多少|不少|免费|免疫"
    r"|避难|避免|绝大|假期|假日|假设|错误|缺乏"
)


def negation(source: str, translation: str) -> list[Finding]:
    """Find a denial that was lost, or one that was added.

    Lost: the source says 不, 没有, 未 … outside words such as 不仅 or 未来, and the English
    has no word that could carry it, not even un- or fail. Added: the English says a plain
    not or never more often than the source has characters that could mean it.
    """
    if not translation.strip():
        return []
    denial = _denial(source)
    if denial and not _ENGLISH.search(translation):
        message = f"{denial[0]} denies something; the translation has no “not” or similar word"
        return [Finding("negation", "error", message, Span(*denial.span()))]
    added = list(_PLAIN_NO.finditer(translation))
    if added and len(added) > len(_CHINESE_NO.findall(_NEUTRAL.sub("□", source))):
        message = f"“{added[0][0]}” denies something; the source does not"
        return [Finding("negation", "error", message, None, Span(*added[0].span()))]
    return []


def _denial(source: str) -> re.Match[str] | None:
    idle = [match.span() for match in _IDLE.finditer(source)]
    starts = [start for start, _ in idle]
    for match in _DENIES.finditer(source):
        # idle words are sorted and apart, so only the last one that starts before can overlap
        before = bisect_left(starts, match.end()) - 1
        if before < 0 or idle[before][1] <= match.start():
            return match
    return None
