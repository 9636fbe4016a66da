import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type CacheKeys, cacheKeys } from "./cache-key.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** A file of the program, and all that it imports but for types. */
function modulesOf(...entries: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const pending = entries.map((path) => join(root, "src", path));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    for (const [, name] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)";$/gm)) {
      if (name !== undefined) pending.push(join(dirname(path), name));
    }
  }
  return seen;
}

const readers: Readonly<Record<keyof CacheKeys, ReadonlySet<string>>> = {
  layer: modulesOf("collect/image/layer-scan.ts"),
  image: modulesOf("collect/image/inventory.ts", "collect/image/inventory-layers.ts"),
  secrets: modulesOf("collect/secrets/layer.ts", "collect/secrets/image.ts", "engines/secrets/scan.ts"),
};

/** The kinds of answers whose keys another value of one bound would change. */
function changedBy(bounds: Record<string, number>, name: string): string[] {
  const before = cacheKeys();
  const value = bounds[name] ?? 0;
  try {
    bounds[name] = value + 1;
    const after = cacheKeys();
    return (["layer", "image", "secrets"] as const).filter((kind) => before[kind] !== after[kind]);
  } finally {
    bounds[name] = value;
  }
}

async function boundsOf(path: string): Promise<Record<string, number>> {
  const { bounds } = (await import(join(root, path))) as { bounds: Record<string, number> };
  return bounds;
}

test("a bound of tar reads layers anew, and one of Dockerfiles does not", async () => {
  assert.deepEqual(changedBy(await boundsOf("src/engines/oci/bounds.ts"), "extendedHeaderBytes"), [
    "layer",
    "image",
    "secrets",
  ]);
  assert.deepEqual(changedBy(await boundsOf("src/engines/dockerfile/bounds.ts"), "dockerfileBytes"), []);
});

test("each answer keys on all bounds that its readers use, and on no others", async () => {
  for (const path of globSync("src/**/bounds.ts", { cwd: root })) {
    const bounds = await boundsOf(path);
    const used = Object.entries(readers).filter(([, modules]) => modules.has(join(root, path)));
    // The secrets of an image are kept apart from its inventory, although one pass reads both.
    const expected = used.map(([kind]) => kind).filter((kind) => kind !== "image" || !path.includes("/secrets/"));
    for (const name of Object.keys(bounds)) assert.deepEqual(changedBy(bounds, name), expected, `${path} ${name}`);
  }
});
