import type { YamlFault, YamlNode } from "./model.ts";

/** A JSON value: what the API server would be sent. Of a key that is there twice the last counts, and a fault says so. */
export function plainValue(node: YamlNode, faults: YamlFault[]): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "sequence":
      return node.items.map((item) => plainValue(item, faults));
    case "map": {
      const value: Record<string, unknown> = {};
      let merged: Set<string> | undefined;
      for (const entry of node.entries) {
        const { key } = entry;
        if (Object.hasOwn(value, key)) {
          if (merged?.has(key) === true) merged.delete(key);
          else faults.push({ code: "duplicate-key", offset: entry.keyStart, reason: twice(key) });
        }
        if (entry.merged === true) {
          merged ??= new Set();
          merged.add(key);
        }
        const inner = plainValue(entry.value, faults);
        if (key === "__proto__") {
          Object.defineProperty(value, key, { value: inner, enumerable: true, configurable: true, writable: true });
        } else value[key] = inner;
      }
      return value;
    }
  }
}

function twice(key: string): string {
  const name = JSON.stringify(key.length > 80 ? `${key.slice(0, 79)}…` : key);
  return `the key ${name} is there twice: the API server takes the last, other readers the first or none`;
}
