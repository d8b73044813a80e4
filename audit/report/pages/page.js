"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const store = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } }, set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } } };

  for (const each of all(".controls, .filters, button.only")) each.hidden = false;

  // Language: every text that differs by language carries its number.
  const attributes = ["aria-label", "title", "data-shown", "data-none", "data-broken"];
  const speak = (lang) => {
    const place = data.languages.indexOf(lang);
    for (const element of all("[data-t]")) element.textContent = data.texts[element.dataset.t][place];
    for (const name of attributes) for (const element of all(`[data-t-${name}]`)) element.setAttribute(name, data.texts[element.getAttribute(`data-t-${name}`)][place]);
    for (const element of all("[data-only]")) element.hidden = element.dataset.only !== lang;
    for (const button of all("button[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    root.lang = lang;
    filter();
  };
  for (const button of all("button[data-lang]")) button.addEventListener("click", () => speak(button.dataset.lang));

  // Theme.
  const look = document.getElementById("look");
  const dress = (name) => { if (name === "auto") delete root.dataset.look; else root.dataset.look = name; look.value = name; };
  look.addEventListener("change", () => { dress(look.value); store.set("reply-audit-look", look.value); });
  const worn = store.get("reply-audit-look");
  if (worn === "light" || worn === "dark") dress(worn);

  // Filters: rule rows are counted anew from the facets, examples are hidden or shown.
  const filters = document.getElementById("filters");
  const filtered = document.getElementById("filtered");
  const rows = all("details.rule").map((element) => ({
    element, guides: element.dataset.guides.split(" "), rule: data.facets.rules.indexOf(element.dataset.rule),
    value: element.querySelector("summary > .value"), count: element.querySelector("summary > .count"),
    span: element.querySelector("summary .span"), dot: element.querySelector("summary .dot"),
    examples: all(".examples > blockquote", element), none: element.querySelector(".no-example"),
  }));
  for (const row of rows) row.whole = row.dot && { x: row.span.getAttribute("x"), width: row.span.getAttribute("width"), cx: row.dot.getAttribute("cx") };

  const wilson = (kept, judged) => {
    const z = 1.959963984540054, share = kept / judged, bottom = 1 + z * z / judged;
    const centre = share + z * z / (2 * judged), spread = z * Math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged));
    return [Math.max(0, (centre - spread) / bottom), Math.min(1, (centre + spread) / bottom)];
  };
  const said = (number, options) => new Intl.NumberFormat(root.lang, options).format(number);
  const restore = (element) => { if (element.firstElementChild) { element.firstElementChild.hidden = false; for (const extra of all(".now", element)) extra.remove(); } else if (element.dataset.whole !== undefined) { element.textContent = element.dataset.whole; } };
  const replace = (element, text) => {
    restore(element);
    if (element.firstElementChild) {
      element.firstElementChild.hidden = true;
      const now = document.createElement("span");
      now.className = "now"; now.textContent = text; element.append(now);
    } else { element.dataset.whole ??= element.textContent; element.textContent = text; }
  };

  function filter() {
    if (!filters) return;
    const chosen = {};
    for (const select of all("select[data-filter]", filters)) if (select.value) chosen[select.dataset.filter] = select.value;
    const guide = chosen.guide;
    delete chosen.guide;
    const keys = Object.keys(chosen);
    const cells = data.facets.cells.filter((cell) => keys.every((key) => cell[key] === chosen[key]));
    for (const row of rows) {
      row.element.hidden = Boolean(guide) && !row.guides.includes(guide);
      if (row.dot && row.rule >= 0) {
        if (!keys.length) {
          restore(row.value); restore(row.count);
          row.span.setAttribute("x", row.whole.x); row.span.setAttribute("width", row.whole.width); row.dot.setAttribute("cx", row.whole.cx);
          row.element.classList.remove("nothing");
        } else {
          let judged = 0, kept = 0;
          for (const cell of cells) { judged += cell.judged[row.rule]; kept += cell.kept[row.rule]; }
          row.element.classList.toggle("nothing", !judged);
          const [low, high] = judged ? wilson(kept, judged) : [0, 0];
          row.span.setAttribute("x", `${100 * low}%`); row.span.setAttribute("width", `${100 * (high - low)}%`);
          row.dot.setAttribute("cx", `${judged ? 100 * kept / judged : 0}%`);
          replace(row.value, judged ? said(kept / judged, { style: "percent" }) : "–");
          replace(row.count, judged ? filtered.dataset.broken.replace("{broken}", said(judged - kept)).replace("{judged}", said(judged)) : filtered.dataset.none);
        }
      }
      let visible = 0;
      for (const example of row.examples) { example.hidden = !keys.every((key) => example.dataset[key] === chosen[key]); visible += example.hidden ? 0 : 1; }
      if (row.none) row.none.hidden = visible > 0;
    }
    for (const category of all(".category")) category.hidden = all("details.rule", category).every((rule) => rule.hidden) && Boolean(guide);
    const sum = (list) => list.reduce((total, cell) => total + cell.n, 0);
    filtered.textContent = keys.length ? filtered.dataset.shown.replace("{shown}", said(sum(cells))).replace("{all}", said(sum(data.facets.cells))) : "";
  }
  filters?.addEventListener("change", filter);
  filters?.addEventListener("reset", () => setTimeout(filter));
  filters?.addEventListener("submit", (event) => event.preventDefault());

  // A link to something closed opens it.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => { const link = event.target.closest('a[href^="#"]'); if (link && link.hash === location.hash) reveal(); });
  reveal();

  // Printing: the whole, or one coaching page.
  document.getElementById("print").addEventListener("click", () => print());
  for (const button of all("button.only")) button.addEventListener("click", () => {
    const page = button.closest("details");
    root.dataset.printed = page.dataset.printed = "";
    print();
  });
  addEventListener("afterprint", () => { delete root.dataset.printed; for (const page of all("[data-printed]")) delete page.dataset.printed; });
  root.dataset.ready = "";
})();
