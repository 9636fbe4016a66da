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

  replaceChildren(): void {
    this.children = [];
  }

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

  querySelector(): Node | undefined {
    return this.find(({ tag }) => tag === "tbody")[0];
  }

  querySelectorAll(): Node[] {
    return this.find(({ dataset }) => dataset.sort !== undefined);
  }
}

/** Runs the page's own script; what the reader sees and does. Throws what the script throws. */
export function browse(html: string) {
  const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = ""]) => text);
  const [data = "", script = ""] = scripts;
  const ids = new Map<string, Node>();
  const element = (id: string, tag: string) => {
    const node = new Node(tag);
    ids.set(id, node);
    return node;
  };
  element("report-data", "script").textContent = data;
  for (const id of ["severity", "asset", "text", "accepted", "filters", "count", "more"]) element(id, "div");
  const body = new Node("tbody");
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
  const page = new Node("window");
  vm.runInNewContext(script, {
    document: { getElementById: (id: string) => ids.get(id) ?? null, createElement: (tag: string) => new Node(tag) },
    addEventListener: page.addEventListener.bind(page),
    Intl,
  });
  return {
    rows: () =>
      body.children
        .filter(({ className }) => className !== "detail")
        .map((row) => {
          const [button] = row.find(({ tag }) => tag === "button");
          return { name: button?.textContent ?? "", click: () => button?.fire("click") };
        }),
    text: () => body.textContent,
    links: () => body.find(({ tag }) => tag === "a").map(({ href }) => href),
    assets: () => (JSON.parse(data) as { assets: string[] }).assets,
    set: (id: string, value: string | number | boolean) => {
      const node = ids.get(id);
      if (node === undefined) throw new Error(`the page has no ${id}`);
      if (typeof value === "boolean") node.checked = value;
      else node.value = String(value);
      node.fire("input");
    },
    sort: (key: string) => heads.get(key)?.fire("click"),
    more: () => ids.get("more")?.fire("click"),
    print: () => page.fire("beforeprint"),
  };
}
