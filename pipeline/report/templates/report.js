(() => {
  const articles = [...document.querySelectorAll("article")];
  const english = [...document.querySelectorAll(".en > .s, .en tr.s")];
  const tools = document.querySelector(".tools");
  const search = document.getElementById("search");
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  tools.hidden = false;

  // A sentence and its counterpart share an id, with -en at the end of the English one.
  const partner = (sentence) =>
    document.getElementById(sentence.id.endsWith("-en") ? sentence.id.slice(0, -3) : sentence.id + "-en");
  let lit = [];
  const light = (sentence) => {
    lit.forEach((one) => one.classList.remove("lit"));
    lit = sentence ? [sentence, partner(sentence)].filter(Boolean) : [];
    lit.forEach((one) => one.classList.add("lit"));
  };
  const sentenceAt = (node) => (node instanceof Element ? node.closest(".passage .s") : null);
  document.addEventListener("mouseover", (event) => {
    const sentence = sentenceAt(event.target);
    if (sentence && !lit.includes(sentence)) light(sentence);
  });
  document.addEventListener("focusin", (event) => {
    const sentence = sentenceAt(event.target);
    if (sentence) light(sentence);
  });

  // What is shown can be kept as a link: report.html#check=numbers&search=…
  const texts = new Map();
  const textOf = (sentence) => {
    if (!texts.has(sentence)) {
      const source = partner(sentence);
      texts.set(sentence, ((source ? source.textContent : "") + "\n" + sentence.textContent).toLowerCase());
    }
    return texts.get(sentence);
  };
  const show = () => {
    const check = filter.value;
    const words = search.value.trim().toLowerCase();
    const filtered = Boolean(check || words);
    document.body.classList.toggle("filtered", filtered);
    let hits = 0;
    const hit = new Set();
    for (const sentence of english) {
      const checks = (sentence.dataset.checks || "").split(" ");
      const matches =
        filtered &&
        (!check || (check === "any" ? Boolean(sentence.dataset.checks) : checks.includes(check))) &&
        (!words || textOf(sentence).includes(words));
      const source = partner(sentence);
      sentence.classList.toggle("hit", matches);
      if (source) source.classList.toggle("hit", matches);
      if (matches) {
        hits += 1;
        hit.add(sentence.closest(".passage"));
      }
    }
    for (const article of articles) {
      let any = !filtered || Boolean(article.querySelector(".headline .hit"));
      for (const passage of article.querySelectorAll(".passage:not(.headline)")) {
        passage.hidden = filtered && !hit.has(passage);
        any = any || !passage.hidden;
      }
      for (const summary of article.querySelectorAll(".summary")) summary.hidden = filtered;
      article.hidden = !any;
    }
    shown.textContent = filtered ? hits.toLocaleString("en") + (hits === 1 ? " sentence" : " sentences") : "";
  };
  const remember = () => {
    const kept = new URLSearchParams();
    if (filter.value) kept.set("check", filter.value);
    if (search.value.trim()) kept.set("search", search.value.trim());
    history.replaceState(null, "", kept.size ? "#" + kept : location.pathname + location.search);
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { show(); remember(); }, 120);
  });
  filter.addEventListener("change", () => { show(); remember(); });

  const recall = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (hash.includes("=")) {
      const kept = new URLSearchParams(location.hash.slice(1));
      filter.value = kept.get("check") || "";
      if (filter.selectedIndex < 0) filter.value = "";
      search.value = kept.get("search") || "";
      show();
      document.getElementById("articles").scrollIntoView({ behavior: "instant" });
      return;
    }
    const target = hash && document.getElementById(hash);
    if (!target) return;
    if (target.closest("[hidden]")) {
      filter.value = "";
      search.value = "";
      show();
      target.scrollIntoView();
    }
    light(target.matches(".passage .s") ? target : null);
  };
  window.addEventListener("hashchange", recall);
  recall();

  const visible = () => english.filter((one) => !one.closest("[hidden]"));
  const go = (step, flagged) => {
    const now = document.activeElement ? sentenceAt(document.activeElement) : null;
    const from = now && (now.id.endsWith("-en") ? now : partner(now));
    const order = visible().filter((one) => !flagged || one.classList.contains("flagged") || one === from);
    reach(from ? order[order.indexOf(from) + step] : order[step > 0 ? 0 : order.length - 1]);
  };
  onKeys(search, {
    j: () => go(1, false),
    k: () => go(-1, false),
    n: () => go(1, true),
    p: () => go(-1, true),
  });
})();
