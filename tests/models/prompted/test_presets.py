"""Prompts and what becomes of answers: published forms, places left out, notes taken off."""

from typing import get_args

import pytest

from models.prompted.cleaning import Cleaned, cleaned
from models.prompted.presets import PresetName, Template, conversation, presets
from models.protocols import Request
from pipeline.check.checks import findings
from pipeline.language.glossary import make_glossary

PLAIN = Request("今年上海。")
TOLD = Request("今年上海。", ("人民。", "北京。"), (("上海", "Shanghai"), ("今年", "this year")))


def written(template: Template, request: Request) -> str:
    return "\n---\n".join(turn.text for turn in conversation(template, request))


# What the makers of each model publish, for Chinese into English.
PUBLISHED = {
    "hunyuan-mt": "把下面的文本翻译成英语，不要额外解释。\n\n今年上海。",
    "hy-mt1.5": "将以下文本翻译为英语，注意只需要输出翻译后的结果，不要额外解释：\n\n今年上海。",
    "seed-x": "Translate the following Chinese sentence into English:\n今年上海。 <en>",
    "translategemma": "今年上海。",
    "tower-instruct": "Translate the following text from Chinese into English.\n"
    "Chinese: 今年上海。\nEnglish:",
    "tower-plus": "Translate the following Chinese source text to English:\n"
    "Chinese: 今年上海。\nEnglish: ",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_prompt_has_its_published_form(name: str) -> None:
    template = presets()[name]
    assert written(template, PLAIN) == PUBLISHED[name]


def test_a_config_may_name_every_preset_and_no_other() -> None:
    assert list(presets()) == list(get_args(PresetName))


@pytest.mark.parametrize("name", presets())
def test_every_preset_shows_the_sentence_and_what_it_has_a_place_for(name: str) -> None:
    template = presets()[name]
    plain, told = written(template, PLAIN), written(template, TOLD)
    assert plain.count("今年上海。") == told.count("今年上海。") == 1
    assert ("Shanghai" in told) == template.reads_terms
    assert ("北京。" in told) == bool(template.user_in_context)
    assert not any(mark in plain + told for mark in ("{", "}", "[[", "]]"))


def test_the_published_form_with_terms_and_context() -> None:
    template = presets()["hy-mt1.5"]
    assert written(template, Request("今年", (), (("今年", "this year"),))).startswith(
        "参考下面的翻译：\n今年 翻译成 this year\n\n将以下文本翻译为英语"
    )
    assert written(template, Request("今年", ("人民。",))) == (
        "人民。\n参考上面的信息，把下面的文本翻译成英语，注意不需要翻译上文，也不要额外解释：\n今年"
    )


def test_what_is_filled_in_is_never_a_place() -> None:
    template = Template("[[T {terms} ]]{text}!", system="S {text}")
    odd = Request("{terms}[[{text}]]", (), (("{text}", "{english}"),))
    assert written(template, odd) == "S {text}\n---\nT {text} = {english} {terms}[[{text}]]!"
    [_, user] = conversation(template, odd)
    assert [piece.text for piece in user.pieces if not piece.trusted] == [
        "{text} = {english}",
        "{terms}[[{text}]]",
    ]


HELLO = "Hello, Shanghai."
# answer, source, translation
ANSWERS = [
    (HELLO, "你好，上海。", HELLO),
    ("<think>Let me see.\nHm.</think>\n\nHello, Shanghai.", "你好，上海。", HELLO),
    ("Let me see.</think>Hello, Shanghai.", "你好，上海。", HELLO),
    ("Here is the translation:\n\nHello, Shanghai.", "你好，上海。", HELLO),
    ("Here's the English translation of the text: Hello, Shanghai.", "你好，上海。", HELLO),
    ('Sure! Here is the translation: "Hello, Shanghai."', "你好，上海。", HELLO),
    ("**Translation:** Hello, Shanghai.\n\n**Note:** a greeting.", "你好，上海。", HELLO),
    ("The translation is: Hello, Shanghai.", "你好，上海。", HELLO),
    ("English: Hello, Shanghai.", "你好，上海。", HELLO),
    ("译文：Hello, Shanghai.", "你好，上海。", HELLO),
    ("翻译结果：\nHello, Shanghai.\n\n注：这是问候语。", "你好，上海。", HELLO),
    ("Hello, Shanghai. (Note: a greeting)", "你好，上海。", HELLO),
    ("Hello, Shanghai.\n\nLet me know if you need more!", "你好，上海。", HELLO),
    ("```text\nHello, Shanghai.\n```", "你好，上海。", HELLO),
    ("<translation>Hello, Shanghai.</translation>", "你好，上海。", HELLO),
    ("“Hello, Shanghai.”", "你好，上海。", HELLO),
    ("Hello, Shanghai.<|im_end|>\n<|im_start|>user", "你好，上海。", HELLO),
    ("Hello,\nShanghai.", "你好，上海。", HELLO),
    # and what is no wrapping stays
    ("“Hello, Shanghai.”", "“你好，上海。”", "“Hello, Shanghai.”"),
    ("“Hello,” he said. “Bye.”", "他说你好，再见。", "“Hello,” he said. “Bye.”"),
    ("'Hello' and 'bye'", "你好与再见", "'Hello' and 'bye'"),
    ("Translation: an art", "翻译：一门艺术", "Translation: an art"),
    ("Translation is an art.", "这是一门艺术。", "Translation is an art."),
    (
        "Prices rose. Note: not all did.",
        "价格上涨。注：并非全部。",
        "Prices rose. Note: not all did.",
    ),
    ("The notes were forged.", "钞票是伪造的。", "The notes were forged."),
    ("I am sorry, he said.", "对不起，他说。", "I am sorry, he said."),
    ("I cannot help but smile.", "我忍不住笑。", "I cannot help but smile."),
    ("<think>", "<think>", ""),
]


@pytest.mark.parametrize(("answer", "source", "translation"), ANSWERS)
def test_of_an_answer_the_translation_is_left(answer: str, source: str, translation: str) -> None:
    clean = cleaned(answer, source)
    assert (clean.text, clean.refused) == (translation, False)
    assert cleaned(clean.text, source).text == clean.text


@pytest.mark.parametrize("answer", ["<think>Let me see", "<think>a</think>b<think>and then"])
def test_who_is_still_thinking_has_not_translated(answer: str) -> None:
    assert cleaned(answer, "你好").thinking


REFUSALS = [
    "I'm sorry, but I can't assist with that request.",
    "I am sorry, I cannot translate this text.",
    "I can't translate content of this kind.",
    "I cannot provide a translation of political content.",
    "As an AI language model, I do not take sides.",
    "抱歉，我无法翻译这段内容。",
    "对不起，我不能回答这个问题。",
    "我无法提供翻译。",
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_is_recognised_and_the_checks_flag_it(answer: str) -> None:
    source = "警方昨天公布了案件的细节。"
    assert cleaned(answer, source) == Cleaned(answer, refused=True)
    found = findings(source, answer, glossary=make_glossary(()), flags=())
    assert any(each.severity == "error" for each in found), found
