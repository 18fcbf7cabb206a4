"""Answers of language models in every wrapping: the translation inside comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from models.prompted.cleaning import cleaned
from models.prompted.presets import Template, Turn
from models.prompted.translator import Answer, PromptTranslator
from models.protocols import Request, Search
from models.runtime.control import NO_CONTROL, Control
from pipeline.check.chatter import chatter

SOURCE = "街道整洁有序。"
TRANSLATION = "The streets are tidy."

# @ is the translation, $ the source.
WRAPPED = [
    "Sure, here is the translation:\n\n@",
    "Sure! Here's the translation: @",
    "Certainly! Here is the English translation of the sentence:\n\n**@**",
    "Translation: @",
    "**Translation:** @",
    "English: @",
    "Output: @",
    "Answer: @",
    "Final answer: @",
    "Final translation: @",
    "# Translation\n@",
    "**English Translation**\n\n@",
    "The translation is: @",
    'The translation of "$" is "@"',
    'This translates to: "@"',
    "Translated to English: @",
    "In English: @",
    "好的，以下是翻译：\n@",
    "以下是英文译文：\n\n@",
    "这句话的英文翻译是：\n@",
    "翻译如下：\n@",
    "当然！\n\n@",
    "译文：@",
    "@\n\nNote: 整洁 means tidy.",
    "@ (Note: 整洁 means tidy)",
    "@\n\n(Translator's note: tidy.)",
    "@ Note: This is literal.",
    "@\n\n**Explanation:** The verb…\n- a\n- b",
    "@\n\nAlternatively: The roads are neat.",
    "@\n\nOr: The roads are neat.",
    "@\n\nLet me know if you need anything else!",
    "@ I hope this helps!",
    "@\n\nWould you like me to adjust it?",
    "@\n\n---\n\nThis translation keeps the tone.",
    "@\n\n注：这是直译。",
    "@\n\n希望这对您有帮助！",
    "Option 1: @\nOption 2: The roads are neat.",
    "Translation 1: @\nTranslation 2: X.",
    "```\n@\n```",
    "```text\n@\n```",
    "```@```",
    '```json\n{"translation": "@"}\n```',
    '{"translation": "@"}',
    '{"translation":"@","confidence":0.9}',
    '{"result": {"translation": "@"}}',
    '["@"]',
    "['@']",
    "{'translation': '@'}",
    '[{"translation": "@"}]',
    '{"translations": ["@"]}',
    'json {"en": "@"}',
    'Here is the JSON: {"translation": "@"}',
    '{"source": "$", "translation": "@"}',
    '{"text": "@"}',
    '{"英文": "@"}',
    '{"translation": "@"}\n\nLet me know!',
    "“@”",
    '"@"',
    "*@*",
    "**@**",
    "<translation>@</translation>",
    "<answer>@</answer>",
    "<output>\n@\n</output>",
    "<think>Hm.\nOk.</think>\n\n@",
    "Hm.</think>@",
    "<thinking>x</thinking><answer>@</answer>",
    "[THINK]x[/THINK]@",
    "◁think▷x◁/think▷@",
    "<|START_THINKING|>x<|END_THINKING|><|START_RESPONSE|>@<|END_RESPONSE|>",
    "<seed:think>x</seed:think>@",
    "<|channel|>analysis<|message|>We need to translate.<|end|><|start|>assistant"
    "<|channel|>final<|message|>@<|return|>",
    "<|channel|>final<|message|>@",
    "<|start|>assistant<|channel|>final<|message|>@<|return|>",
    '<|channel|>final <|constrain|>json<|message|>{"translation": "@"}',
    "analysisWe need to translate.assistantfinal@",
    "assistantfinal@",
    "assistant @",
    "assistant\n@",
    "assistant: @",
    "final @",
    "<|im_start|>assistant\n@<|im_end|>",
    "<|assistant|>@",
    "[/INST] @</s>",
    "@<|endoftext|>junk",
    "@<|im_end|>\n<|im_start|>user\nx",
    "$\n@",
    "$ → @",
    "Chinese: $\nEnglish: @",
    "原文：$\n译文：@",
    "**Chinese:** $\n**English:** @",
    "Please translate the following into English: @",
    "Translate the following sentence: @",
    'Sure, here is the translation:\n```json\n{"translation": "\\"@\\""}\n```\nNote: x',
    '<think>a</think>```\nTranslation: "@"\n```\n\nI hope this helps!',
    "### English\n@",
    "**English:**\n@",
    "> @",
    "- @",
    "Here you go:\n@",
    "Sure thing! Here's the translation: @",
    "I'd translate it as: @",
    'A natural translation would be: "@"',
    "One possible translation is:\n\n@",
    "My translation: @",
    "<result><translation>@</translation></result>",
    "\\boxed{@}",
    '<?xml version="1.0"?><translation>@</translation>',
    "translation: @",
    "Translation (English): @",
    "Translation into English: @",
    "EN: @",
    "English (US): @",
    "Translated sentence: @",
    "Here is your translation:\n@",
    "Here's a translation that captures the tone:\n\n@",
    "Below is the translation:\n@",
    "Okay, so the translation is: @",
    "Got it. Here is the translation: @",
    "The text translates to: @",
    "The sentence means: @",
    '"$" translates to "@"',
    '"$" means "@" in English.',
    'The English translation of "$" is: @',
    'The English translation is "@".',
    "@\n\n*Note: x*",
    "@\n\n**Notes:**\n- x",
    "@\n\nKey points:\n- 整洁: tidy",
    "@\n\nBreakdown:\n街道 - streets",
    "@\n\nPinyin: Jiēdào zhěngjié yǒuxù.",
    "@\n\n(整洁 = tidy)",
    "@\n\nIn this translation, I kept the tone.",
    "@\n\nThis translation keeps the tone.",
    '@\n\nThe phrase "整洁" means tidy.',
    '@\n\nHere, "整洁" means tidy.',
    "@\n\nYou can also say: The roads are neat.",
    "@\n\nor\n\nThe roads are neat.",
    "@\n\nAnother option: X.",
    "@\n\nHope that helps!",
    "@\n\nIs there anything else I can help you with?",
    "@\n\nIf you need further assistance, let me know.",
    "@\n\n以上是翻译。",
    "@\n\n（注：直译）",
    "@（注：直译）",
    "@ [Note: x]",
    "@ // Note: x",
    "@\n\n$",
    "@ ($)",
    "1. @\n2. The roads are neat.",
    "1) @",
    "Option A: @\n\nOption B: X",
    "**Option 1:** @\n**Option 2:** X",
    "**Formal:** @\n**Casual:** X",
    '{{"translation": "@"}}',
    '{"translation": "@",}',
    '{translation: "@"}',
    '{"translation": "@"',
    '```json\n["@"]\n```',
    "`@`",
    "'''@'''",
    '"""@"""',
    "「@」",
    "[English] @",
    "[EN] @",
    "[Translation] @",
    "(Translation) @",
    "Translation - @",
    "Translation – @",
    "<|message|>@",
    "<|channel|>commentary<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>@",
    "final<|message|>@",
    "<|final|>@",
    "<final>@</final>",
    "<｜Assistant｜>@<｜end▁of▁sentence｜>",
    "@</s>",
    "@ </translation>",
    "<translation>@",
    "model\n@",
    "AI: @",
    "Assistant: @",
    "Bot: @",
    "ChatGPT: @",
    "System: @",
    "User: $\nAssistant: @",
    "Human: $\n\nAssistant: @",
    "Q: $\nA: @",
    "A: @",
    "thought\nHm.\n</thought>@",
    "Okay, let me translate.\n</think>\n@",
    "<think></think>@",
    "Chinese: $ English: @",
    "$ - @",
    "$ (@)",
    "$ @",
]


def unfold(answer: str) -> str:
    return answer.replace("@", TRANSLATION).replace("$", SOURCE)


@dataclass(frozen=True)
class Says:
    """An Answerer, local or behind a server, that always gives the same answer."""

    said: str
    room: int = 10_000

    def size(self, prompt: Sequence[Turn]) -> int:
        return 1

    def answer(
        self, prompts: Sequence[Sequence[Turn]], search: Search, *, control: Control = NO_CONTROL
    ) -> list[list[Answer]]:
        return [[Answer(self.said, -0.1)] for _ in prompts]


@pytest.mark.parametrize("answer", WRAPPED)
def test_every_prompted_model_gives_the_translation_inside_its_answer(answer: str) -> None:
    translator = PromptTranslator(Says(unfold(answer)), Template("{text}"), 0, False)
    [[best]] = translator.translate([Request(SOURCE)])
    assert (best.text, best.target_truncated) == (TRANSLATION, False)
    assert best.confidence is not None
    assert best.confidence > 0
    assert chatter(SOURCE, best.text) == []


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ('The interface returns {"a": 1}.', '接口返回{"a": 1}。'),
        ('["A"]', "【甲】"),
        ("Note: the road is closed.", "注意：道路封闭。"),
        ("He left a note: gone fishing.", "他留了一张字条：去钓鱼了。"),
        ("The translation is excellent.", "译文很好。"),
        ("Answer: it is safe.", "答：很安全。"),
        ("Results: all passed.", "结果：全部通过。"),
        ("Final score: 2-1.", "最终比分：2比1。"),
        ("Let me know if you come.", "你来的话告诉我。"),
        ("Please feel free to ask.", "请随时提问。"),
        ("Assistant manager Li resigned.", "李副经理辞职。"),
        ("Models are trained here.", "模型在这里训练。"),
        ("In English class, she sang.", "英语课上她唱了歌。"),
        ("Sure enough, it rained.", "果然下雨了。"),
        ("Of course, it rained.", "当然，下雨了。"),
        ("Here is the house.", "房子在这里。"),
        ("It can be translated in many ways.", "它有多种译法。"),
        ("{unclosed", "括号"),
        ("[Photo] A crowd", "[图片] 人群"),
        ("1. Strengthen research.", "①加强研究。"),
        ("- Strengthen research.", "●加强研究。"),
        ("A: Hello.", "甲：你好。"),
        ("1. Work. 2. Rest.", "第一，工作。第二，休息。"),
        ("(Xinhua)", "（新华社）"),
        ("Final answer: yes.", "最终答案：是。"),
        ("System: restart.", "系统：重启。"),
    ],
)
def test_an_ordinary_sentence_is_left_alone(answer: str, source: str) -> None:
    assert cleaned(answer, source).text == answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("<|channel|>analysis<|message|>We need to", ""),
        ("analysisWe need to translate this", ""),
        ("[THINK]Let me see", ""),
        ("◁think▷Let me see", ""),
    ],
)
def test_an_answer_that_never_came_to_the_translation_is_cut_off(answer: str, text: str) -> None:
    clean = cleaned(answer, SOURCE)
    assert (clean.text, clean.thinking) == (text, True)


def test_a_list_of_the_source_keeps_its_items() -> None:
    assert cleaned("1. Work.\n2. Rest.", "1. 工作。2. 休息。").text == "1. Work. 2. Rest."
    assert cleaned("1. Work.\n2. Rest.", "一是工作。二是休息。").text == "1. Work. 2. Rest."


def test_of_json_that_broke_off_the_text_is_left() -> None:
    assert cleaned('{"translation": "The streets are', SOURCE).text == "The streets are"


@pytest.mark.parametrize("piece", ["\n", "*", "{", "[", "```\n", "<think>", "(", "Note", " ", '"'])
def test_a_long_answer_of_marks_is_read_in_time(piece: str) -> None:
    assert isinstance(cleaned(piece * 20_000, SOURCE).text, str)
