(() => {
  const find = (id) => document.getElementById(id);
  const main = find("articles");
  const card = find("card");
  const search = find("search");
  const shown = find("shown");
  const form = card.querySelector("form");
  const [english, comment] = form.querySelectorAll("textarea, input");
  const chips = document.querySelector(".chips");
  const mine = chips.querySelector("[data-check=mine]");
  const undo = form.querySelector("[data-do=undo]");
  const bar = document.querySelector(".corrections");
  for (const tool of [chips, document.querySelector(".search")]) tool.hidden = false;
  document.body.classList.add("live");
  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(min-width: 75rem)").matches) contents.open = true;

  for (const other of main.querySelectorAll(".remark [data-story]")) {
    const story = main.querySelector(`article[data-id="${CSS.escape(other.dataset.story)}"]`);
    if (!story) continue;
    other.href = "#" + story.id;
    other.textContent = story.querySelector(".headline .en").textContent.trim();
  }

  // The English sentence of an element: itself, its Chinese counterpart, or the note behind it.
  const sentenceOf = (node) => {
    if (!(node instanceof Element)) return null;
    const note = node.closest(".q");
    if (note) return find(note.hash.slice(1, -2));
    const sentence = node.closest(".passage .s");
    return sentence && sentence.id.endsWith("-zh") ? find(sentence.id.slice(0, -3)) : sentence;
  };
  const chinese = (sentence) => find(sentence.id + "-zh");
  const zhOf = (sentence) =>
    sentence.dataset.zh ? JSON.parse(sentence.dataset.zh) : chinese(sentence).textContent;
  const untouched = new WeakMap();
  const before = (sentence) => {
    if (sentence.dataset.en) return JSON.parse(sentence.dataset.en);
    return untouched.has(sentence)
      ? untouched.get(sentence).map((node) => node.textContent).join("") : sentence.textContent;
  };
  // What editors say of the sentence already.
  const remark = (sentence) => find(sentence.id + "-n")?.querySelector(".comment i")?.textContent || "";
  const allSentences = () => [...main.querySelectorAll(".en .s")];
  let byChinese = null;
  const sameChinese = (zh) => {
    byChinese ??= Map.groupBy ? Map.groupBy(allSentences(), zhOf) : allSentences().reduce(
      (map, one) => map.set(zhOf(one), [...(map.get(zhOf(one)) || []), one]), new Map());
    return byChinese.get(zh) || [];
  };

  // Show a correction in the text, or take it back.
  const restore = (sentence) => {
    if (untouched.has(sentence)) sentence.replaceChildren(...untouched.get(sentence));
    untouched.delete(sentence);
  };
  const write = (sentence, text) => {
    if (!untouched.has(sentence)) {
      untouched.set(sentence, [...sentence.childNodes].map((node) => node.cloneNode(true)));
    }
    if (!sentence.matches("tr")) return sentence.replaceChildren(text);
    const parts = text.startsWith("|") ? text.split(/(?<!\\)\|/).slice(1, -1) : [text];
    [...sentence.cells].forEach((cell, at, cells) => {
      cell.textContent = (at === cells.length - 1 ? parts.slice(at).join(" ") : parts[at] || "").trim();
    });
  };
  const apply = (zh) => {
    const entry = corrections.get(zh);
    for (const sentence of sameChinese(zh)) {
      restore(sentence);
      if (entry && entry.en !== before(sentence)) write(sentence, entry.en);
      for (const one of [sentence, document.querySelector(`.strip a[href="#${sentence.id}"]`)]) {
        if (!one) continue;
        one.classList.toggle("changed", Boolean(entry) && entry.en !== before(sentence));
        one.classList.toggle("accepted", Boolean(entry && entry.accepted));
        one.classList.toggle("commented", Boolean(entry && entry.comment !== remark(sentence)));
      }
    }
  };
  const count = () => {
    mine.hidden = bar.hidden = !corrections.size;
    mine.querySelector("b").textContent = corrections.size;
    find("save").textContent = `Save ${corrections.size} correction${corrections.size === 1 ? "" : "s"}`;
  };

  // Light a sentence in both languages.
  let lit = [];
  const light = (sentence) => {
    for (const one of lit) one.classList.remove("lit");
    lit = sentence ? [sentence, chinese(sentence)].filter(Boolean) : [];
    for (const one of lit) one.classList.add("lit");
  };

  // The card: the Chinese of a sentence and what to check; opened, it takes a correction.
  let on = null;
  let opened = false;
  let timer = 0;
  const place = () => {
    const box = (on.matches("tr") ? on : on.getClientRects().length ? on : chinese(on)).getBoundingClientRect();
    const left = Math.max(12, Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 12));
    const below = box.bottom + card.offsetHeight + 16 < innerHeight || box.top < card.offsetHeight + 16;
    if (getComputedStyle(card).position === "fixed") {
      return scrollBy({ top: Math.max(0, box.bottom + 12 - (innerHeight - card.offsetHeight)), behavior: "instant" });
    }
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? box.bottom + 8 : box.top - card.offsetHeight - 8) + scrollY}px`;
  };
  const close = (focus) => {
    clearTimeout(timer);
    const sentence = on;
    const wasOpened = opened;
    card.hidden = true;
    on = null;
    opened = false;
    if (wasOpened && focus && sentence) reach(sentence);
  };
  const show = (sentence, toOpen) => {
    clearTimeout(timer);
    on = sentence;
    opened = toOpen;
    find("card-zh").textContent = zhOf(sentence);
    const note = find(sentence.id + "-n");
    card.querySelector(".why").replaceChildren(
      ...(note ? [...note.querySelectorAll(":scope > .why")].map((one) => one.cloneNode(true)) : []));
    card.classList.toggle("opened", toOpen);
    card.hidden = false;
    if (toOpen) {
      const entry = corrections.get(zhOf(sentence));
      english.value = entry ? entry.en : before(sentence);
      comment.value = entry ? entry.comment : remark(sentence);
      undo.hidden = !entry;
      light(sentence);
    }
    place();
  };
  const open = (sentence, byKey) => {
    show(sentence, true);
    if (byKey || matchMedia("(hover: hover)").matches) english.focus({ preventScroll: true });
  };
  const typed = () => {
    const entry = on && corrections.get(zhOf(on));
    return opened && (english.value !== (entry ? entry.en : before(on))
      || comment.value !== (entry ? entry.comment : remark(on)));
  };
  const record = (sentence, values) => {
    const zh = zhOf(sentence);
    const old = before(sentence);
    const entry = { en: old, before: old, accepted: false, comment: remark(sentence), ...corrections.get(zh), ...values };
    entry.article = sentence.closest("article").dataset.id;
    entry.sentence = sentence.id.replace(/^a\d+-/, "");
    if (entry.en === old && entry.comment === remark(sentence) && !entry.accepted) corrections.remove(zh);
    else corrections.set(zh, entry);
    apply(zh);
    count();
  };
  const accept = (sentence) => record(sentence, { accepted: !(corrections.get(zhOf(sentence)) || {}).accepted });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const en = english.value.trim().replace(/\s+/g, " ");
    record(on, { en: en || before(on), comment: comment.value.trim() });
    close(true);
  });
  english.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (!what) return;
    if (what === "accept") record(on, { accepted: true, comment: comment.value.trim() });
    if (what === "undo") {
      const zh = zhOf(on);
      corrections.remove(zh);
      apply(zh);
      count();
    }
    close(true);
  });

  document.addEventListener("mouseover", (event) => {
    if (opened) return;
    const sentence = sentenceOf(event.target);
    if (card.contains(event.target) || (sentence && sentence === on)) return clearTimeout(timer);
    if (sentence && !lit.includes(sentence)) light(sentence);
    clearTimeout(timer);
    if (sentence && sentence.dataset.c) timer = setTimeout(() => show(sentence, false), 150);
    else if (on) timer = setTimeout(close, 200);
  });
  document.addEventListener("focusin", (event) => {
    const sentence = sentenceOf(event.target);
    if (sentence) {
      light(sentence);
      if (sentence.dataset.c) show(sentence, false);
    } else if (on && !card.contains(event.target) && !typed()) close();
  });
  document.addEventListener("click", (event) => {
    if (card.contains(event.target)) return;
    const sentence = sentenceOf(event.target);
    const isLink = event.target instanceof Element && event.target.closest("a:not(.q)");
    if (typed()) form.requestSubmit();
    if (sentence && !isLink && getSelection().isCollapsed) {
      event.preventDefault();
      open(sentence, false);
    } else if (opened) close();
  });
  window.addEventListener("resize", () => { if (on) place(); });

  // What is shown can be kept as a link: report.html#check=numbers&search=…
  let check = "";
  const texts = new Map();
  const textOf = (sentence) => {
    if (!texts.has(sentence)) texts.set(sentence, `${zhOf(sentence)}\n${sentence.textContent}`.toLowerCase());
    return texts.get(sentence);
  };
  const isWanted = (sentence) => {
    if (check === "any") return Boolean(sentence.dataset.c);
    if (check === "mine") return sentence.matches(".changed, .accepted, .commented");
    return !check || (sentence.dataset.c || "").split(" ").includes(check);
  };
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    const filtered = Boolean(check || words);
    document.body.classList.toggle("filtered", filtered);
    for (const chip of chips.children) chip.setAttribute("aria-pressed", String(chip.dataset.check === check));
    const hits = new Set();
    let hitCount = 0;
    for (const sentence of allSentences()) {
      const matches = filtered && isWanted(sentence) && (!words || textOf(sentence).includes(words));
      for (const one of [sentence, chinese(sentence)]) if (one) one.classList.toggle("hit", matches);
      if (matches) hitCount += 1;
      if (matches) hits.add(sentence.closest(".passage")).add(sentence.closest("article"));
    }
    for (const passage of main.querySelectorAll(".stretch > .passage, header > .passage:not(.headline)")) {
      passage.hidden = filtered && !hits.has(passage);
    }
    for (const article of main.querySelectorAll("article")) article.hidden = filtered && !hits.has(article);
    shown.textContent = filtered ? `${hitCount.toLocaleString("en")} sentence${hitCount === 1 ? "" : "s"}` : "";
  };
  const remember = () => {
    const kept = new URLSearchParams();
    if (check) kept.set("check", check);
    if (search.value.trim()) kept.set("search", search.value.trim());
    history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname + location.search);
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { filter(); remember(); }, 120);
  });
  chips.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-check]");
    if (!chip) return;
    check = check === chip.dataset.check ? "" : chip.dataset.check;
    filter();
    remember();
    if (main.getBoundingClientRect().top < 0) main.scrollIntoView({ behavior: "instant" });
  });
  find("save").addEventListener("click", () => {
    const name = corrections.save();
    shown.textContent = `Saved as ${name}. Take them over with: pipeline memory import ${name} --memory RUN`;
  });
  find("clear").addEventListener("click", () => {
    if (!confirm(`Remove ${corrections.size} corrections from this browser?`)) return;
    const changed = corrections.all();
    corrections.clear();
    for (const [zh] of changed) apply(zh);
    count();
    if (check === "mine") { check = ""; filter(); remember(); }
  });

  const visible = (element) => element.getClientRects().length > 0;
  const recall = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (hash.includes("=")) {
      const kept = new URLSearchParams(location.hash.slice(1));
      check = chips.querySelector(`[data-check="${CSS.escape(kept.get("check") || "")}"]`) ? kept.get("check") : "";
      search.value = kept.get("search") || "";
      return filter();
    }
    const target = hash && find(hash);
    if (!target) return;
    if (target.closest("[hidden]")) {
      check = search.value = "";
      filter();
    }
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.matches(".s") && !visible(target)) find("view-both").checked = true;
    target.scrollIntoView({ block: target.matches("article") ? "start" : "center" });
    light(target.matches(".passage .s") ? sentenceOf(target) : null);
  };
  window.addEventListener("hashchange", recall);

  // Keys: sentences, doubts, and the blocks of a strip.
  const go = (step, doubted) => {
    const now = sentenceOf(document.activeElement) || lit[0];
    const order = allSentences().filter((one) =>
      one === now || (!one.closest("[hidden]") && (!doubted || one.dataset.c)));
    const next = order[now ? order.indexOf(now) + step : step > 0 ? 0 : order.length - 1];
    if (!next) return;
    const target = visible(next) ? next : chinese(next);
    target.tabIndex = -1;
    reach(target);
  };
  const current = () => sentenceOf(document.activeElement);
  onKeys(search, {
    j: () => go(1, false),
    k: () => go(-1, false),
    n: () => go(1, true),
    p: () => go(-1, true),
    a: () => current() && accept(current()),
    Enter: (event) => {
      if (!document.activeElement.matches(".s")) return;
      event.preventDefault();
      open(current(), true);
    },
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && on) close(true);
    const block = event.target instanceof Element && event.target.closest(".strip a");
    const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
    if (!block || !step || !block[step]) return;
    event.preventDefault();
    block.tabIndex = -1;
    block[step].tabIndex = 0;
    block[step].focus();
  });

  // A correction that the report has by now is done.
  for (const [zh, entry] of corrections.all()) {
    const [sentence] = sameChinese(zh);
    if (entry.saved && sentence && before(sentence) === entry.en) corrections.remove(zh);
    else apply(zh);
  }
  count();
  recall();
})();
