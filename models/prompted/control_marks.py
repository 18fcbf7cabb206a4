"""Text that a model would take for its own control marks, made harmless before it is read.

A newspaper may print `</s>`, `<|im_end|>` or `eng_Latn`. Most tokenizers turn these letters into
the control token of that name, and the rest of the sentence is lost, or the prompt is
over. A space behind the first character leaves them text.
"""

import re
from collections.abc import Iterable
from typing import Any

from models.patterns import lazy

_SURROGATE = lazy("[\ud800-\udfff]")

# Where the server holds the tokenizer, marks are known by their look alone: ChatML and Llama 3
# <|…|>, DeepSeek and Hunyuan <｜…｜>, Gemma <start_of_turn>, Llama 2 [INST] and <<SYS>>, the rest.
CONTROL_LOOKS = lazy(
    r"<[|｜][^<>\n]{0,60}?[|｜]>|<{1,2}/?SYS>{1,2}|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS)\]"
    r"|<(?:start|end)_of_(?:turn|image|text)>|<extra_id_\d+>|<2[a-z]{2,3}(?:_[A-Za-z]+)?>"
    r"|</?(?:s|bos|eos|pad|unk|mask|sep|cls|think|tool_call|tool_response|answer)>"
)


def control_marks(names: Iterable[str]) -> re.Pattern[str] | None:
    """Make the pattern of a tokenizer's marks, the longest first; None where it has none.

    Marks of one character or of spaces alone (Gemma has runs of them) are text all the same.
    """
    marks = {name for name in names if len(name) > 1 and not name.isspace()}
    longest = sorted(marks, key=lambda mark: (-len(mark), mark))
    return re.compile("|".join(map(re.escape, longest))) if longest else None


def marks_of(tokenizer: Any) -> re.Pattern[str] | None:
    """Make the pattern of all that a tokenizer of transformers takes for more than letters."""
    added = (str(token.content) for token in tokenizer.added_tokens_decoder.values())
    # In transformers 5 the languages of M2M100 are neither added nor special.
    languages = getattr(tokenizer, "lang_code_to_token", {})
    return control_marks([*added, *tokenizer.all_special_tokens, *languages.values()])


def harmless(text: str, marks: re.Pattern[str] | None) -> str:
    """Return the text with a space inside every mark, and U+FFFD for a lone surrogate.

    A lone surrogate is half a character that no tokenizer and no server can encode.
    """
    readable = _SURROGATE.sub("\ufffd", text)
    while marks is not None and marks.search(readable):
        readable = marks.sub(lambda match: f"{match[0][0]} {match[0][1:]}", readable)
    return readable
