/**
 * The page's script: plain JavaScript, run by the browser alone. It sets texts with textContent and nothing else, so
 * that no text of an image becomes markup; rows are made a screenful at a time, as there may be tens of thousands.
 */
export const script = `
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("findings");
  if (table === null) return;
  const data = JSON.parse(byId("report-data").textContent);
  const body = table.querySelector("tbody");
  const STEP = 200;
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className !== undefined) element.className = className;
    return element;
  };
  const texts = {
    name: (f) => f.name,
    package: (f) => f.package === undefined ? "" : f.package + (f.version === undefined ? "" : " " + f.version),
    fixed: (f) => f.fixed ?? (f.fix === undefined ? "no fix" : "see fix"),
    // Where there is one asset alone its name stands above already.
    asset: (f) =>
      data.assets.length === 1 && f.scope !== undefined
        ? f.scope
        : data.assets[f.asset] + (f.scope === undefined ? "" : " · " + f.scope),
    place: (f) => f.places[0][0],
  };
  const collator = new Intl.Collator("en", { numeric: true });
  let key = "severity", descending = false, chosen = [], drawn = 0;

  function matching() {
    const severity = byId("severity").value, asset = byId("asset").value;
    const words = byId("text").value.toLowerCase(), accepted = byId("accepted").checked;
    return data.findings.filter((f) =>
      (accepted || f.accepted === undefined) &&
      (severity === "" || f.severity === severity) &&
      (asset === "" || String(f.asset) === asset) &&
      (words === "" || [f.name, ...(f.others ?? []), texts.package(f), f.title].some((t) => t.toLowerCase().includes(words))));
  }
  function choose() {
    chosen = matching();
    if (key !== "severity") {
      const keyed = chosen.map((f) => ({ f, text: texts[key](f) }));
      keyed.sort((a, b) => collator.compare(a.text, b.text));
      chosen = keyed.map(({ f }) => f);
    }
    if (descending) chosen.reverse();
    body.replaceChildren();
    drawn = 0;
    byId("count").textContent = chosen.length + " of " + data.findings.length;
    draw(STEP);
  }
  function draw(count) {
    body.append(...chosen.slice(drawn, drawn + count).map(row));
    drawn = Math.min(chosen.length, drawn + count);
    byId("more").hidden = drawn === chosen.length;
  }
  function row(f) {
    const tr = make("tr", undefined, f.accepted === undefined ? undefined : "accepted");
    const severity = make("td");
    severity.append(make("span", (f.over ? "✗ " : "") + f.severity, "severity " + f.severity));
    const name = make("td"), button = make("button", f.name);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    let open;
    button.addEventListener("click", () => {
      if (open === undefined) {
        open = detail(f);
        tr.after(open);
      } else {
        open.remove();
        open = undefined;
      }
      button.setAttribute("aria-expanded", String(open !== undefined));
    });
    name.append(button);
    tr.append(severity, name, ...["package", "fixed", "asset", "place"].map((column) => make("td", texts[column](f))));
    return tr;
  }
  function detail(f) {
    const tr = make("tr", undefined, "detail"), td = make("td"), list = make("dl");
    const add = (label, ...content) => {
      const dd = make("dd");
      dd.append(...content);
      list.append(make("dt", label), dd);
    };
    td.colSpan = 6;
    td.append(make("strong", f.title), list);
    if (f.accepted !== undefined) add("does not count", f.accepted);
    if (f.detail !== undefined) add("detail", f.detail);
    if (f.why !== undefined) add("ranked by", f.why);
    if (f.others !== undefined) add("also known as", f.others.join(", "));
    for (const [place, instruction] of f.places) {
      add("where", make("div", place), ...(instruction === undefined ? [] : [make("code", data.instructions[instruction])]));
    }
    add("fix", f.fix ?? "none is known");
    if (f.grade !== undefined) add("the change is", f.grade);
    for (const [label, value] of f.evidence ?? []) add(label, value);
    for (const link of f.links ?? []) {
      const a = make("a", link);
      a.href = link;
      a.rel = "noopener noreferrer";
      add("reference", a);
    }
    add("check", f.check);
    add("fingerprint", f.fingerprint);
    tr.append(td);
    return tr;
  }

  const option = (select, value, text) => {
    const element = make("option", text);
    element.value = value;
    byId(select).append(element);
  };
  const counts = new Map();
  for (const f of data.findings) counts.set(f.severity, (counts.get(f.severity) ?? 0) + 1);
  for (const name of ["critical", "high", "medium", "low", "negligible", "unknown"]) {
    if (counts.has(name)) option("severity", name, name + " (" + counts.get(name) + ")");
  }
  data.assets.forEach((name, index) => option("asset", String(index), name));
  for (const id of ["severity", "asset", "text", "accepted"]) byId(id).addEventListener("input", choose);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const head of table.querySelectorAll("[data-sort]")) {
    head.addEventListener("click", () => {
      descending = key === head.dataset.sort && !descending;
      key = head.dataset.sort;
      for (const other of table.querySelectorAll("[data-sort]")) other.parentNode.removeAttribute("aria-sort");
      head.parentNode.setAttribute("aria-sort", descending ? "descending" : "ascending");
      choose();
    });
  }
  byId("more").addEventListener("click", () => draw(STEP));
  // What comes into sight is drawn; paper gets everything that the filters leave.
  if ("IntersectionObserver" in globalThis) {
    new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && draw(STEP)).observe(byId("more"));
  }
  addEventListener("beforeprint", () => draw(chosen.length));
  choose();
})();
`;
