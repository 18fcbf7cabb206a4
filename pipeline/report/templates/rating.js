"use strict";
// One translation at a time: errors are marked by selecting words, ratings are kept in the browser.

const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
// every sample keeps its own ratings, whatever it is called
const hash = (text) => [...text].reduce((sum, one) => (sum * 33 + one.codePointAt(0)) >>> 0, 5381);
const place = `yibao rating ${hash(at("data").textContent)}`;
let state = { rater: "", item: 0, ratings: {} };

const load = () => {
  try {
    state = { ...state, ...JSON.parse(localStorage.getItem(place) ?? "{}") };
  } catch {
    // some browsers give a file no storage: the ratings last as long as the page
  }
};

const keep = () => {
  try {
    localStorage.setItem(place, JSON.stringify(state));
  } catch {
    // see above
  }
  at("result").value = result();
  const done = data.items.filter((item) => state.ratings[item.item]?.done).length;
  at("progress").value = `${done} of ${data.items.length} rated`;
};

// A line of JSON for every finished item; a file of them is what Yibao reads.
const result = () =>
  data.items
    .filter((item) => state.ratings[item.item]?.done)
    .map((item) => {
      const { score, errors, note } = state.ratings[item.item];
      return JSON.stringify({ item: item.item, rater: state.rater, score, errors, note }) + "\n";
    })
    .join("");

const current = () => data.items[state.item];
const rating = () => (state.ratings[current().item] ??= { score: null, errors: [], note: "", done: false });

const element = (name, text, properties = {}) => {
  const made = Object.assign(document.createElement(name), properties);
  if (text) made.textContent = text;
  return made;
};

const choice = (values, chosen, change, label) => {
  const select = element("select", "", { ariaLabel: label });
  for (const value of values) select.append(new Option(value || "category …", value, false, value === chosen));
  select.addEventListener("change", () => change(select.value));
  return select;
};

const severities = [...document.querySelectorAll("[name=severity]")].map((input) => input.value);

const draw = () => {
  const item = current();
  const own = rating();
  at("where").textContent = `${state.item + 1} of ${data.items.length}${item.document ? ` · ${item.document}` : ""}`;
  for (const name of ["before", "source", "after"]) at(name).textContent = item[name];
  const target = at("target");
  target.replaceChildren();
  let end = 0;
  for (const error of own.errors.filter((one) => one.end > one.start)) {
    target.append(item.text.slice(end, error.start));
    target.append(element("mark", item.text.slice(error.start, error.end), { className: error.severity }));
    end = error.end;
  }
  target.append(item.text.slice(end) || (item.text ? "" : "(empty)"));
  at("errors").replaceChildren(
    ...own.errors.map((error, number) => {
      const row = element("li");
      row.append(element("q", error.end > error.start ? item.text.slice(error.start, error.end) : "missing"));
      row.append(choice(severities, error.severity, (value) => change(number, { severity: value }), "Severity"));
      if (data.categories.length)
        row.append(choice(["", ...data.categories], error.category, (value) => change(number, { category: value }), "Category"));
      const remove = element("button", "Remove", { type: "button" });
      remove.addEventListener("click", () => {
        own.errors.splice(number, 1);
        draw();
      });
      row.append(remove);
      return row;
    }),
  );
  at("note").value = own.note;
  if (at("score")) {
    at("score").value = own.score ?? 50;
    at("value").value = own.score ?? "–";
    at("score").parentElement.classList.toggle("unset", own.score === null);
    at("next").disabled = own.score === null;
  }
  at("back").disabled = state.item === 0;
  keep();
};

const change = (number, values) => {
  Object.assign(rating().errors[number], values);
  draw();
};

// Add an error; one that overlaps it is replaced. `start` equals `end` for missing text.
const add = (start, end, category = "") => {
  const severity = document.querySelector("[name=severity]:checked").value;
  const own = rating();
  own.errors = own.errors.filter((one) => one.end <= start || one.start >= end || start === end);
  own.errors.push({ start, end, severity, category });
  own.errors.sort((a, b) => a.start - b.start || a.end - b.end);
  draw();
};

const markSelection = () => {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const target = at("target");
  if (!target.contains(range.startContainer) || !target.contains(range.endContainer)) return;
  const before = range.cloneRange();
  before.selectNodeContents(target);
  before.setEnd(range.startContainer, range.startOffset);
  const text = range.toString();
  const start = before.toString().length + (text.length - text.trimStart().length);
  selection.removeAllRanges();
  if (text.trim()) add(start, start + text.trim().length);
};

const go = (step) => {
  state.item = Math.max(0, Math.min(data.items.length - 1, state.item + step));
  draw();
};

const finish = () => {
  if (at("next").disabled) return;
  rating().done = true;
  if (state.item === data.items.length - 1) draw();
  else go(1);
};

at("target").addEventListener("mouseup", markSelection);
at("mark").addEventListener("click", markSelection);
at("missing").addEventListener("click", () => add(current().text.length, current().text.length, data.categories.length ? "Accuracy/Omission" : ""));
at("back").addEventListener("click", () => go(-1));
at("next").addEventListener("click", finish);
at("open").addEventListener("click", () => {
  const open = data.items.findIndex((item) => !state.ratings[item.item]?.done);
  if (open >= 0) go(open - state.item);
});
at("note").addEventListener("input", () => {
  rating().note = at("note").value;
  keep();
});
at("score")?.addEventListener("input", () => {
  rating().score = Number(at("score").value);
  draw();
});
at("rater").addEventListener("input", () => {
  state.rater = at("rater").value.trim();
  keep();
});
at("save").addEventListener("click", () => {
  if (!state.rater) {
    at("rater").focus();
    at("rater").reportValidity();
    return;
  }
  const url = URL.createObjectURL(new Blob([result()], { type: "application/jsonl" }));
  element("a", "", { href: url, download: `ratings-${state.rater.replace(/[^\p{L}\p{N}]+/gu, "-")}.jsonl` }).click();
  URL.revokeObjectURL(url);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=radio]):not([type=range]), select, textarea")) return;
  const number = Number(event.key);
  if (number >= 1 && number <= severities.length) document.querySelectorAll("[name=severity]")[number - 1].checked = true;
  else if (event.key === "j") finish();
  else if (event.key === "k") go(-1);
  else if (event.key === "Enter" && event.target === at("target")) markSelection();
});

load();
state.item = Math.min(state.item, data.items.length - 1);
at("rater").value = state.rater;
draw();
