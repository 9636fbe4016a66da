/** Manifests of a few kinds, lists of them and lists of lists, with keys and forms on which readers part. */
import type { Random } from "../random.ts";
import { generate as generateYaml } from "../yaml/generate.ts";

const KINDS = ["Pod", "Pod", "ConfigMap", "Namespace", "Deployment", "List", "PodList", "ConfigMapList", "Nothing", ""];
const SPECS = [
  { hostPID: true, containers: [{ name: "a", image: "x", securityContext: { privileged: true } }] },
  { replicas: 2, template: { spec: { containers: [] } } },
  {},
];

export function generate(random: Random): Buffer {
  if (random.once(4)) return generateYaml(random);
  const documents = Array.from({ length: 1 + random.below(3) }, () => written(random, object(random, 0)));
  return Buffer.from(
    documents.join(random.pick(["---\n", "--- # c\n", "---#c\n", "\n---\n", "...\n---\n", "...\n", ""])),
  );
}

function object(random: Random, depth: number): Record<string, unknown> {
  const kind = random.pick(KINDS);
  const entries: [string, unknown][] = [];
  if (!random.once(8)) entries.push([random.once(12) ? "apiversion" : "apiVersion", version(random, kind)]);
  if (!random.once(10)) entries.push([random.once(12) ? random.pick(["Kind", "\u212aind"]) : "kind", kind]);
  entries.push(["metadata", random.once(12) ? null : { name: random.pick(["a", "b"]) }]);
  if (kind.endsWith("List") || random.once(8)) {
    const items = Array.from({ length: random.below(3) }, () => (depth > 2 ? {} : object(random, depth + 1)));
    entries.push(["items", random.once(8) ? random.pick([null, {}, "x"]) : items]);
  } else if (!random.once(5)) entries.push(["spec", random.pick(SPECS)]);
  if (random.once(6)) entries.reverse();
  return Object.fromEntries(entries);
}

function version(random: Random, kind: string): unknown {
  if (random.once(10)) return random.pick(["", null, "v2", "apps/v1", 1]);
  return kind === "Deployment" ? "apps/v1" : "v1";
}

/** JSON is YAML; of each key and value some are written another way. */
function written(random: Random, value: unknown): string {
  const style = random.below(4);
  if (style === 0) return `${JSON.stringify(value)}\n`;
  return lines(random, value, "").replace(/^\n/, "");
}

function lines(random: Random, value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []\n";
    const items = value.map((item) => `${indent}-${lines(random, item, `${indent}  `).replace(/^\n\s*/, " ")}`);
    return `\n${items.join("")}`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return " {}\n";
    return `\n${entries.map(([key, inner]) => `${indent}${name(random, key)}:${lines(random, inner, `${indent}  `)}`).join("")}`;
  }
  if (typeof value !== "string") return ` ${JSON.stringify(value)}\n`;
  return ` ${random.pick([JSON.stringify(value), JSON.stringify(value), `'${value}'`, value === "" ? '""' : value])}\n`;
}

function name(random: Random, key: string): string {
  if (!random.once(8)) return key;
  const [first = ""] = key;
  const code = first.codePointAt(0) ?? 0;
  return random
    .pick([`"${key}"`, `'${key}'`, `"\\u${code.toString(16).padStart(4, "0")}${key.slice(1)}"`, `? ${key}\n`])
    .replace(/\n$/, "");
}
