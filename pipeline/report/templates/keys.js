"use strict";
// What the pages of a report and of an evaluation share.

// Bring an element into view and give it the focus; nothing where there is none.
const reach = (element) => {
  if (!element) return;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
};

// Listen for single keys outside of fields: `/` goes to the search, the others do what `keys` says.
const onKeys = (search, keys) => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (Object.hasOwn(keys, event.key)) keys[event.key](event);
  });
};
