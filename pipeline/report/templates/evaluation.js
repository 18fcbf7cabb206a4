(() => {
  const PAGE = 50;
  const MARKS = [["reference", "not in the reference"], ["other", "not in the other"], ["none", "none"]];
  const SEVERITIES = { critical: "error", major: "", minor: "info" };
  const sets = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const tools = document.querySelector(".controls");
  const controls = Object.fromEntries(
    ["search", "set", "left", "right", "metric", "mark", "group", "order"].map((id) => [id, find(id)]));
  const rows = find("rows");
  let page = 0;
  let found = [];
  if (!sets.length) return;
  tools.hidden = false;

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const fill = (select, names, chosen, first) => {
    select.replaceChildren(...(first || []).map(([value, text]) => new Option(text, value)),
      ...names.map((name, at) => new Option(name, String(at))));
    select.value = String(chosen);
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  };
  const current = () => sets[Number(controls.set.value) || 0];
  const fitSet = () => {
    const set = current();
    fill(controls.left, set.systems, 0);
    fill(controls.right, set.systems, Math.min(1, set.systems.length - 1));
    fill(controls.metric, set.metrics.map((metric) => metric.name), 0);
    fill(controls.group, set.groups, "", [["", "all sentences"], ["differ", "where the two differ"],
      ["flagged", "flagged by a check"],
      ...(set.rows.some((row) => row.systems.some((system) => system[1].includes(null)))
        ? [["unread", "without a score"]] : [])]);
    const finders = set.metrics.map((metric, at) => [at, metric]).filter(([, metric]) => metric.spans);
    controls.mark.replaceChildren(...MARKS.map(([value, text]) => new Option(text, value)),
      ...finders.map(([at, metric]) => new Option("errors found by " + metric.name, "spans" + at)));
  };
  fill(controls.set, sets.map((set) => set.name), 0);
  fitSet();

  // The text that is searched: source, references and all hypotheses, made when first needed.
  const texts = new WeakMap();
  const textOf = (row) => {
    let text = texts.get(row);
    if (text === undefined) {
      text = [row.id, row.document, row.source, ...row.references, ...row.systems.map((system) => system[0])]
        .join("\n").toLowerCase();
      texts.set(row, text);
    }
    return text;
  };

  // Words of `own` that are not in the longest common sequence with `other`.
  const changed = (own, other) => {
    const table = Array.from({ length: own.length + 1 }, () => new Uint16Array(other.length + 1));
    for (let i = own.length - 1; i >= 0; i -= 1) {
      for (let j = other.length - 1; j >= 0; j -= 1) {
        table[i][j] = own[i] === other[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
      }
    }
    const marks = new Array(own.length).fill(true);
    for (let i = 0, j = 0; i < own.length && j < other.length;) {
      if (own[i] === other[j]) { marks[i] = false; i += 1; j += 1; }
      else if (table[i + 1][j] >= table[i][j + 1]) i += 1;
      else j += 1;
    }
    return marks;
  };
  const wordsOf = (text) => text.split(/\s+/).filter(Boolean);
  const marked = (text, other) => {
    const place = document.createDocumentFragment();
    const own = wordsOf(text);
    if (!own.length) {
      place.append(element("em", "nothing", "empty"));
      return place;
    }
    if (other === null) {
      place.append(text);
      return place;
    }
    const marks = changed(own, wordsOf(other));
    for (let at = 0; at < own.length;) {
      let end = at + 1;
      while (end < own.length && marks[end] === marks[at]) end += 1;
      const stretch = own.slice(at, end).join(" ");
      place.append(marks[at] ? element("mark", "", stretch) : stretch, end < own.length ? " " : "");
      at = end;
    }
    return place;
  };

  // The errors that a metric found in a text; places are counted in characters, not in UTF-16 units.
  const withErrors = (text, spans) => {
    const place = document.createDocumentFragment();
    const characters = Array.from(text);
    let last = 0;
    for (const [, start, end, severity, confidence] of spans) {
      if (end <= last) continue;
      place.append(characters.slice(last, start).join(""));
      const made = element("mark", SEVERITIES[severity] || "", characters.slice(Math.max(start, last), end).join(""));
      made.dataset.severity = severity;
      made.title = severity + ", " + Math.round(100 * confidence) + " % sure";
      place.append(made);
      last = end;
    }
    place.append(characters.slice(last).join(""));
    return place;
  };

  const side = (set, row, at, other, metric) => {
    const [text, scores, checks, spans, truncated] = row.systems[at];
    const made = element("p");
    const head = element("b", "", set.systems[at] + " ");
    const mine = scores[metric];
    const its = row.systems[other][1][metric];
    const won = mine !== null && its !== null && (set.metrics[metric].lower ? mine < its : mine > its);
    head.append(mine === null ? element("span", "check", set.metrics[metric].name + " " + set.metrics[metric].silence)
      : element("span", won ? "score won" : "score", mine.toFixed(set.metrics[metric].digits)));
    if (checks.length) head.append(element("span", "check", checks.join(", ")));
    for (const one of truncated || []) {
      head.append(element("span", "check", set.metrics[one].name + " read only the beginning"));
    }
    if (controls.mark.value.startsWith("spans") && text) {
      const finder = Number(controls.mark.value.slice("spans".length));
      made.append(head, withErrors(text, (spans || []).filter((span) => span[0] === finder)));
      return made;
    }
    const against = controls.mark.value === "none" || controls.mark.value.startsWith("spans") ? null
      : controls.mark.value === "other" ? row.systems[other][0] : row.references[0] || null;
    made.append(head, marked(text, against));
    return made;
  };
  const draw = () => {
    const set = current();
    const [left, right, metric] = [controls.left, controls.right, controls.metric].map((one) => Number(one.value));
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(Math.max(0, page), pages - 1);
    rows.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
      const made = element("li");
      made.tabIndex = -1;
      made.append(element("p", "where", row.document ? row.id + " · " + row.document : row.id));
      const source = element("p", "zh", row.source);
      source.lang = "zh";
      made.append(source, ...row.references.map((text) => element("p", "ref", text)));
      const sides = element("div", "sides");
      sides.append(side(set, row, left, right, metric));
      if (right !== left) sides.append(side(set, row, right, left, metric));
      made.append(sides);
      return made;
    }));
    find("shown").textContent = found.length.toLocaleString("en") + (found.length === 1 ? " sentence" : " sentences");
    find("page").textContent = "page " + (page + 1) + " of " + pages.toLocaleString("en");
    find("pager").hidden = pages === 1;
    find("previous").disabled = page === 0;
    find("next").disabled = page === pages - 1;
  };
  const select = () => {
    const set = current();
    const words = controls.search.value.trim().toLowerCase();
    const [left, right, metric] = [controls.left, controls.right, controls.metric].map((one) => Number(one.value));
    const group = controls.group.value;
    const sign = set.metrics[metric].lower ? -1 : 1;
    const isUnread = (row, at) => row.systems[at][1][metric] === null;
    const score = (row, at) => sign * row.systems[at][1][metric];
    found = set.rows.filter((row) =>
      (!group || (group === "differ" ? row.systems[left][0] !== row.systems[right][0]
        : group === "flagged" ? row.systems[left][2].length + row.systems[right][2].length > 0
          : group === "unread" ? isUnread(row, left) || isUnread(row, right)
            : row.groups.includes(Number(group)))) &&
      (!words || textOf(row).includes(words)));
    const by = {
      left: (a, b) => score(b, left) - score(b, right) - score(a, left) + score(a, right),
      right: (a, b) => score(a, left) - score(a, right) - score(b, left) + score(b, right),
      worst: (a, b) => score(a, left) - score(b, left),
    }[controls.order.value];
    // What has no score has no place in an order: it comes last, as in the set.
    const last = (row) => Number(isUnread(row, left) || (controls.order.value !== "worst" && isUnread(row, right)));
    if (by) found.sort((a, b) => last(a) - last(b) || (last(a) ? 0 : by(a, b)));
    page = 0;
    draw();
  };

  // What is shown can be kept as a link: evaluation.html#search=…&order=left
  const defaults = () => {
    const several = current().systems.length > 1;
    return { search: "", set: "0", left: "0", right: several ? "1" : "0", metric: "0", mark: "reference", group: "", order: "set" };
  };
  const remember = () => {
    const kept = new URLSearchParams();
    for (const [name, value] of Object.entries(defaults())) {
      if (controls[name].value !== value) kept.set(name, controls[name].value);
    }
    history.replaceState(null, "", kept.size ? "#" + kept : location.pathname + location.search);
  };
  const recall = () => {
    if (!location.hash.includes("=")) return;
    const kept = new URLSearchParams(location.hash.slice(1));
    controls.set.value = kept.get("set") || "0";
    if (controls.set.selectedIndex < 0) controls.set.value = "0";
    fitSet();
    for (const [name, value] of Object.entries(defaults())) {
      if (name === "set") continue;
      controls[name].value = kept.has(name) ? kept.get(name) : value;
      if (controls[name].selectedIndex < 0) controls[name].value = value;
    }
    select();
    find("browser").scrollIntoView({ behavior: "instant" });
  };
  let waiting = 0;
  controls.search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { select(); remember(); }, 120);
  });
  for (const [name, control] of Object.entries(controls)) {
    if (name === "search") continue;
    control.addEventListener("change", () => {
      if (name === "set") fitSet();
      select();
      remember();
    });
  }
  tools.addEventListener("submit", (event) => event.preventDefault());
  const turn = (step) => {
    const before = page;
    page += step;
    draw();
    if (page !== before) find("browser").scrollIntoView({ block: "start" });
  };
  find("previous").addEventListener("click", () => turn(-1));
  find("next").addEventListener("click", () => turn(1));
  const go = (step) => {
    const all = [...rows.children];
    const now = document.activeElement ? all.indexOf(document.activeElement.closest("#rows > li")) : -1;
    reach(now < 0 ? all[step > 0 ? 0 : all.length - 1] : all[now + step]);
  };
  onKeys(controls.search, { j: () => go(1), k: () => go(-1), n: () => turn(1), p: () => turn(-1) });
  // On paper nothing can be opened: a table without its signatures is not worth printing.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));
  window.addEventListener("hashchange", recall);
  select();
  recall();
})();
