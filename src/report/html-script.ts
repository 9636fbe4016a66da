/**
 * The page's script: plain JavaScript, run by the browser alone. It sets texts with textContent and nothing else, so
 * that no text of an image becomes markup. A page of rows is there at once, however many findings there are; filters and
 * sorting work on numbers, each text being looked at once.
 */
export const script = `
(() => {
  const byId = (id) => document.getElementById(id);
  document.documentElement.className = "scripted";
  const table = byId("findings");
  if (table === null) return;
  const data = JSON.parse(byId("report-data").textContent);
  const texts = data.texts, rows = data.rows;
  const SEVERITY = 0, OVER = 1, ACCEPTED = 2, NAME = 3, PACKAGE = 4, TITLE = 5, FIX = 6, ASSET = 7, CHECK = 8, LAYER = 9,
    PLACE = 10, OTHERS = 11, MORE = 12, LINKS = 13, FINGERPRINT = 14;
  const SEARCHED = [NAME, PACKAGE, TITLE, ASSET, CHECK, PLACE, OTHERS, FIX];
  const KEYS = { severity: SEVERITY, title: TITLE, name: NAME, package: PACKAGE, asset: ASSET, check: CHECK, place: PLACE, fix: FIX };
  const PAGE = 100, MOST_OPTIONS = 1000, MOST_COLLATED = 50000;
  const body = byId("rows");
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className !== undefined) element.className = className;
    return element;
  };
  const textOf = (index) => index < 0 ? "" : texts[index];
  let key = "severity", descending = false, chosen = [], page = 0;

  // Which texts hold a word, found once for each word and each text.
  let lowered;
  const hits = new Map();
  function holding(word) {
    let hit = hits.get(word);
    if (hit === undefined) {
      lowered ??= texts.map((text) => text.toLowerCase());
      hit = Uint8Array.from(lowered, (text) => text.includes(word) ? 1 : 0);
      if (hits.size > 50) hits.clear();
      hits.set(word, hit);
    }
    return hit;
  }
  // The place of each text that a column uses, in the order of the column.
  const ranks = new Map();
  function rankOf(column) {
    let rank = ranks.get(column);
    if (rank === undefined) {
      const used = [...new Set(rows.map((row) => row[column]))].filter((index) => index >= 0);
      const collator = new Intl.Collator("en", { numeric: true });
      const compare = used.length > MOST_COLLATED
        ? (a, b) => texts[a] < texts[b] ? -1 : 1
        : (a, b) => collator.compare(texts[a], texts[b]);
      // What has no such text comes last.
      rank = new Map(used.sort(compare).map((index, at) => [index, at]));
      rank.set(-1, used.length);
      ranks.set(column, rank);
    }
    return rank;
  }
  function choose() {
    const picked = (id) => { const { value } = byId(id); return value === "" ? undefined : Number(value); };
    const wanted = [[SEVERITY, picked("severity")], [LAYER, picked("layer")], [CHECK, picked("check")], [ASSET, picked("asset")]]
      .filter(([, value]) => value !== undefined);
    const words = byId("text").value.toLowerCase().split(/\\s+/).filter((word) => word !== "").map(holding);
    const accepted = byId("accepted").checked;
    chosen = rows.filter((row) =>
      (accepted || row[ACCEPTED] < 0) &&
      wanted.every(([column, value]) => row[column] === value) &&
      words.every((hit) => SEARCHED.some((column) => row[column] >= 0 && hit[row[column]] === 1)));
    if (key !== "severity") {
      const column = KEYS[key], rank = rankOf(column);
      chosen.sort((a, b) => rank.get(a[column]) - rank.get(b[column]));
    }
    if (descending) chosen.reverse();
    page = 0;
    draw();
  }
  function draw() {
    const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
    body.replaceChildren(...chosen.slice(page * PAGE, (page + 1) * PAGE).map(rowElement));
    byId("count").textContent = chosen.length + " of " + rows.length + (rows.length === 1 ? " finding" : " findings") +
      (pages === 1 ? "" : ", page " + (page + 1) + " of " + pages);
    byId("previous").disabled = page === 0;
    byId("next").disabled = page + 1 >= pages;
    byId("pager").hidden = pages === 1;
  }
  function rowElement(row, at) {
    const tr = make("tr", undefined, row[ACCEPTED] < 0 ? undefined : "accepted");
    const severity = make("td"), finding = make("td"), where = make("td"), fix = make("td");
    const name = data.severities[row[SEVERITY]];
    severity.append(make("span", (row[OVER] === 1 ? "✗ " : "") + name, "severity " + name));
    const button = make("button", textOf(row[TITLE]));
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    let open;
    button.addEventListener("click", () => {
      if (open === undefined) {
        open = detailElement(row);
        open.id = "detail-" + at;
        button.setAttribute("aria-controls", open.id);
        tr.after(open);
      } else {
        open.remove();
        open = undefined;
        button.removeAttribute("aria-controls");
      }
      button.setAttribute("aria-expanded", String(open !== undefined));
    });
    const known = [...new Set([row[NAME], row[PACKAGE], row[CHECK]])].filter((index) => index >= 0 && index !== row[TITLE]);
    finding.append(button, make("div", known.map(textOf).join(" · "), "quiet"));
    where.append(make("div", textOf(row[PLACE])), make("div", textOf(row[ASSET]), "quiet"));
    fix.append(row[FIX] < 0 ? make("span", "no fix available", "quiet") : make("span", textOf(row[FIX])));
    tr.append(severity, finding, where, fix);
    for (const cell of [severity, finding, where, fix]) cell.setAttribute("role", "cell");
    tr.setAttribute("role", "row");
    return tr;
  }
  function detailElement(row) {
    const tr = make("tr", undefined, "detail"), td = make("td"), list = make("dl");
    const add = (label, content) => {
      const dd = make("dd");
      dd.append(content);
      list.append(make("dt", label), dd);
    };
    td.colSpan = 4;
    td.append(list);
    if (row[ACCEPTED] >= 0) add("does not count", textOf(row[ACCEPTED]));
    if (row[OTHERS] >= 0) add("also known as", textOf(row[OTHERS]));
    for (let at = 0; at < row[MORE].length; at += 2) add(textOf(row[MORE][at]), textOf(row[MORE][at + 1]));
    add("fix", row[FIX] < 0 ? "no fix available" : textOf(row[FIX]));
    for (const link of row[LINKS]) {
      const a = make("a", textOf(link));
      a.href = textOf(link);
      a.rel = "noopener noreferrer";
      add("reference", a);
    }
    add("check", textOf(row[CHECK]));
    add("fingerprint", row[FINGERPRINT]);
    tr.append(td);
    td.setAttribute("role", "cell");
    tr.setAttribute("role", "row");
    return tr;
  }

  const option = (select, value, text) => {
    const element = make("option", text);
    element.value = String(value);
    byId(select).append(element);
  };
  function options(select, column, label) {
    const counts = new Map();
    for (const row of rows) counts.set(row[column], (counts.get(row[column]) ?? 0) + 1);
    const used = [...counts].filter(([index]) => index >= 0);
    used.sort(column === SEVERITY ? (a, b) => a[0] - b[0] : (a, b) => b[1] - a[1]);
    for (const [index, count] of used.slice(0, MOST_OPTIONS)) option(select, index, label(index) + " (" + count + ")");
  }
  options("severity", SEVERITY, (index) => data.severities[index]);
  options("layer", LAYER, textOf);
  options("check", CHECK, textOf);
  options("asset", ASSET, textOf);
  for (const id of ["severity", "layer", "check", "asset", "accepted"]) byId(id).addEventListener("change", choose);
  let waiting;
  byId("text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(choose, rows.length > 10000 ? 200 : 0);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  const heads = [...table.querySelectorAll("[data-sort]")];
  function sortBy(wanted, reverse) {
    key = wanted;
    descending = reverse;
    byId("sort").value = wanted;
    for (const head of heads) {
      if (head.dataset.sort === wanted) head.parentNode.setAttribute("aria-sort", reverse ? "descending" : "ascending");
      else head.parentNode.removeAttribute("aria-sort");
    }
    choose();
  }
  for (const head of heads) {
    head.addEventListener("click", () => sortBy(head.dataset.sort, key === head.dataset.sort && !descending));
  }
  byId("sort").addEventListener("change", () => sortBy(byId("sort").value, false));
  function turn(by) {
    page += by;
    draw();
    byId("findings-heading").scrollIntoView();
    // A button that is off has no focus: the other one is where the reader goes on.
    const pressed = byId(by < 0 ? "previous" : "next");
    if (pressed.disabled) byId(by < 0 ? "next" : "previous").focus();
  }
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  choose();
})();
`;
