"""What the fields of forms in an OpenDocument text show; part 3 of its standard, chapter 13."""

from functools import cached_property

from lxml import etree

from pipeline.input.readers.office.open_styles import attribute
from pipeline.input.readers.office.word_xml import local

_TICKED, _OPEN = "☒", "☐"
_SELECTED = ("current-selected", "selected")


class OpenForms:
    """The controls of a document's forms, by the id with which the text names them."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root

    @cached_property
    def _controls(self) -> dict[str, etree._Element]:
        return {
            name: control
            for forms in self._root.iter("{*}forms")
            for control in forms.iter()
            if isinstance(control.tag, str) and (name := attribute(control, "id"))
        }

    def text(self, shape: etree._Element) -> str:
        """Return what a control or a field shows: a choice, a value, or a ticked box."""
        if local(shape) == "fieldmark":
            return _field_text(shape)
        control = self._controls.get(attribute(shape, "control") or "")
        if control is None:
            return ""
        match local(control):
            case "listbox":
                return "、".join(_chosen(control))
            case "checkbox":
                is_ticked = (
                    attribute(control, "current-state") or attribute(control, "state")
                ) == ("checked")
                return _box(is_ticked) + (attribute(control, "label") or "")
            case "radio":
                return _box(_is_selected(control)) + (attribute(control, "label") or "")
            case "fixed-text" | "button":
                return attribute(control, "label") or ""
            case "password" | "hidden":
                return ""
            case _:
                return attribute(control, "current-value") or attribute(control, "value") or ""


def is_placeholder(element: etree._Element) -> bool:
    """True if a field shows no more than what to fill in."""
    if local(element) == "placeholder":
        return True
    return attribute(element, "showing-place-holder") == "true"


def _field_text(mark: etree._Element) -> str:
    """Return what a field that Word made shows: a box, or the choice of a list."""
    kind = (attribute(mark, "type") or "").rpartition(".")[2]
    named = [(attribute(p, "name") or "", attribute(p, "value") or "") for p in mark]
    given = dict(named)
    if kind == "FORMCHECKBOX":
        return _box(given.get("Checkbox_Checked") == "true")
    if kind != "FORMDROPDOWN":
        return ""
    entries = [value for name, value in named if name == "Dropdown_ListEntry"]
    choice = given.get("Dropdown_Selected") or "0"
    return entries[int(choice)] if choice.isdecimal() and int(choice) < len(entries) else ""


def _chosen(control: etree._Element) -> list[str]:
    options = [option for option in control if local(option) == "option"]
    return [
        attribute(o, "label") or attribute(o, "value") or "" for o in options if _is_selected(o)
    ]


def _is_selected(control: etree._Element) -> bool:
    given = (attribute(control, name) for name in _SELECTED)
    return next((value for value in given if value is not None), "") == "true"


def _box(is_ticked: bool) -> str:
    return _TICKED if is_ticked else _OPEN
