"""Characters of symbol fonts, which a document stores by their place in the font."""

_SYMBOL = {
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥",
    0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→",
    0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅",
    0xC7: "∩", 0xC8: "∪", 0xC9: "⊃", 0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠",
    0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬",
    0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_GREEK_LARGE = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_GREEK_SMALL = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x74: "◆", 0x75: "◆", 0x76: "❖",
    0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xB2: "✧", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
    0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0xAB: "★",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x97: "●", 0xA3: "□"}
_WEBDINGS = {0x61: "✓", 0x63: "□", 0x67: "■", 0x6E: "●"}
_PRIVATE = range(0xF020, 0xF100)

_FONTS = {
    "symbol": _SYMBOL
    | {ord("A") + place: letter for place, letter in enumerate(_GREEK_LARGE)}
    | {ord("a") + place: letter for place, letter in enumerate(_GREEK_SMALL)},
    "wingdings": _WINGDINGS
    | {0x80 + place: sign for place, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿")},
    "wingdings 2": _WINGDINGS_2,
    "webdings": _WEBDINGS,
}


def symbol(code: int, font: str) -> str:
    """Return the character that a font shows at a place; empty where that is not known.

    >>> symbol(0xF0B3, "Symbol"), symbol(0x2460, "宋体")
    ('≥', '①')
    """
    signs = _FONTS.get(font.lower())
    place = code & 0xFF if code in _PRIVATE else code
    if signs is not None and place < 0x100:
        return signs.get(place) or (chr(place) if font.lower() == "symbol" and place < 0x80 else "")
    # a place of the private area means nothing outside its font
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code < 0xF900 else ""


def with_symbols(text: str, font: str) -> str:
    """Return a text with the characters of a symbol font as what the font shows."""
    if font.lower() not in _FONTS and not any(ord(character) in _PRIVATE for character in text):
        return text
    is_private = (ord(character) in _PRIVATE for character in text)
    return "".join(
        symbol(ord(character), font) or character if private else character
        for character, private in zip(text, is_private, strict=True)
    )
