/** Just enough of a browser's document to run the HTML report's script over it. */
import vm from "node:vm";

class Node {
  readonly tag: string;
  parentNode: Node | undefined;
  children: Node[] = [];
  readonly attributes = new Map<string, string>();
  readonly listeners = new Map<string, ((event: object) => void)[]>();
  readonly dataset: Record<string, string> = {};
  value = "";
  checked = false;
  hidden = false;
  disabled = false;
  id = "";
  href = "";
  rel = "";
  type = "";
  className = "";
  colSpan = 1;
  #text = "";

  constructor(tag: string) {
    this.tag = tag;
  }

  get textContent(): string {
    return this.#text + this.children.map((child) => child.textContent).join("");
  }

  set textContent(text: string) {
    this.children = [];
    this.#text = text;
  }

  append(...children: readonly (Node | string)[]): void {
    for (const child of children) {
      const node = typeof child === "string" ? Object.assign(new Node("#text"), { textContent: child }) : child;
      node.parentNode = this;
      this.children.push(node);
    }
  }

  replaceChildren(...children: readonly Node[]): void {
    this.children = [];
    this.append(...children);
  }

  scrollIntoView(): void {}

  focus(): void {}

  after(node: Node): void {
    const siblings = this.parentNode?.children ?? [];
    node.parentNode = this.parentNode;
    siblings.splice(siblings.indexOf(this) + 1, 0, node);
  }

  remove(): void {
    const siblings = this.parentNode?.children ?? [];
    siblings.splice(siblings.indexOf(this), 1);
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  addEventListener(name: string, listener: (event: object) => void): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  fire(name: string): void {
    for (const listener of this.listeners.get(name) ?? []) listener({ preventDefault: () => undefined });
  }

  find(matches: (node: Node) => boolean): Node[] {
    return this.children.flatMap((child) => [...(matches(child) ? [child] : []), ...child.find(matches)]);
  }

  querySelectorAll(): Node[] {
    return this.find(({ dataset }) => dataset.sort !== undefined);
  }
}

/** Runs the page's own script; what the reader sees and does. Throws what the script throws. */
export function browse(html: string) {
  const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = ""]) => text);
  const [dataText = "", script = ""] = scripts;
  const ids = new Map<string, Node>();
  const element = (id: string, tag: string) => {
    const node = new Node(tag);
    ids.set(id, node);
    return node;
  };
  element("report-data", "script").textContent = dataText;
  const fields = ["severity", "layer", "check", "asset", "text", "accepted", "sort", "filters", "count"];
  for (const id of [...fields, "pager", "previous", "next", "findings-heading"]) element(id, "div");
  const body = element("rows", "tbody");
  const heads = new Map<string, Node>();
  if (html.includes('id="findings"')) {
    const table = element("findings", "table");
    for (const [, key = ""] of html.matchAll(/data-sort="([a-z]+)"/g)) {
      const head = new Node("th");
      const button = new Node("button");
      button.dataset.sort = key;
      head.append(button);
      table.append(head);
      heads.set(key, button);
    }
    table.append(body);
  }
  vm.runInNewContext(script, {
    document: {
      documentElement: new Node("html"),
      getElementById: (id: string) => ids.get(id) ?? null,
      createElement: (tag: string) => new Node(tag),
    },
    Intl,
    // Waiting is the browser's: here each input is acted on at once.
    clearTimeout: () => undefined,
    setTimeout: (act: () => void) => act(),
  });
  const { texts, rows: data } = JSON.parse(dataText) as { texts: string[]; rows: (number | number[])[][] };
  return {
    rows: () =>
      body.children
        .filter(({ className }) => className !== "detail")
        .map((row) => {
          const [button] = row.find(({ tag }) => tag === "button");
          const [known] = row.find(({ className }) => className === "quiet");
          const name = known?.textContent.split(" · ")[0] ?? "";
          return {
            name,
            title: button?.textContent ?? "",
            fix: row.children[3]?.textContent,
            click: () => button?.fire("click"),
          };
        }),
    text: () => body.textContent,
    links: () => body.find(({ tag }) => tag === "a").map(({ href }) => href),
    count: () => ids.get("count")?.textContent,
    /** The value of a choice, by what it shows. */
    choice: (id: string, shown: string) =>
      ids.get(id)?.find(({ tag, textContent }) => tag === "option" && textContent.startsWith(shown))[0]?.value ??
      "none",
    findings: () => data.map((row) => texts[row[3] as number]),
    set: (id: string, value: string | number | boolean) => {
      const node = ids.get(id);
      if (node === undefined) throw new Error(`the page has no ${id}`);
      if (typeof value === "boolean") node.checked = value;
      else node.value = String(value);
      node.fire("input");
      node.fire("change");
    },
    sort: (key: string) => heads.get(key)?.fire("click"),
    next: () => ids.get("next")?.fire("click"),
    isLast: () => ids.get("next")?.disabled,
  };
}
