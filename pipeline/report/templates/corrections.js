// What an editor changed in this browser, by the Chinese sentence, until it is saved as a file.
// An entry: { en, before, accepted, comment, article, sentence, saved }.
const corrections = (() => {
  const { store, run } = document.body.dataset;
  let entries = new Map();
  let safe = true;
  try {
    entries = new Map(JSON.parse(localStorage.getItem(store) || "[]"));
  } catch {
    safe = false;
  }
  const keep = () => {
    try {
      if (entries.size) localStorage.setItem(store, JSON.stringify([...entries]));
      else localStorage.removeItem(store);
      safe = true;
    } catch {
      safe = false;
    }
  };
  // Where the browser stores nothing, leaving the page would lose what is not saved.
  window.addEventListener("beforeunload", (event) => {
    if (!safe && [...entries.values()].some((entry) => !entry.saved)) event.preventDefault();
  });
  return {
    get size() { return entries.size; },
    all: () => [...entries],
    get: (zh) => entries.get(zh),
    set(zh, entry) { entries.set(zh, { ...entry, saved: false }); keep(); },
    remove(zh) { entries.delete(zh); keep(); },
    clear() { entries.clear(); keep(); },
    // Write a file for `pipeline memory import`; return its name.
    save() {
      const lines = [...entries].map(([zh, { en, before, accepted, comment, article, sentence }]) =>
        JSON.stringify({ zh, en, before, accepted, comment, article_id: article, sentence, run }) + "\n");
      const name = `corrections-${(run || "report").replace(/[^\p{L}\p{N}.-]+/gu, "-")}.jsonl`;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      for (const entry of entries.values()) entry.saved = true;
      keep();
      return name;
    },
  };
})();
