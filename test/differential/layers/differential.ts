/** Our merged tree beside the one that containers/storage makes of the same layers. */
import { join } from "node:path";
import { Problem } from "../../../src/core/problem.ts";
import { cleanPath } from "../../../src/engines/oci/path.ts";
import { createTarWalker, type TarEntry } from "../../../src/engines/oci/tar.ts";
import { createMergedTree, type MergedTree } from "../../../src/engines/oci/tree.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGoForJson } from "../go-program.ts";
import { archivesOf, layersFrom } from "./made.ts";

export const differential: Differential = {
  reader: "layers",
  consumer: "containers/storage",
  needs: ["go", "/usr/share/gocode/src/github.com/containers/storage"],
  cases: { short: 30, soak: 1_000 },
  accepting: "harmless",
  generate: layersFrom,
  consume: (cases) =>
    askGoForJson(join(import.meta.dirname, "consumer.go"), cases.map(framed), (tree) =>
      shown(Object.entries((tree as { files: Record<string, string> }).files)),
    ),
  read,
};

function framed(bytes: Buffer): Buffer {
  return Buffer.concat(
    archivesOf(bytes).flatMap((archive) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(archive.length);
      return [length, archive];
    }),
  );
}

function shown(files: readonly (readonly [string, string])[]): string {
  return files
    .map(([path, content]) => `${path} = ${content}`)
    .sort()
    .join("\n");
}

function read(bytes: Buffer): Reading {
  const tree = createMergedTree<string>(() => true);
  try {
    for (const [index, archive] of archivesOf(bytes).entries()) apply(tree, index, archive);
  } catch (error) {
    if (error instanceof Problem) return { kind: "refused", why: error.message };
    throw error;
  }
  return { kind: "value", value: shown(tree.files().map(({ path, payload }) => [path, payload])) };
}

function apply(tree: MergedTree<string>, index: number, archive: Buffer): void {
  const entries: TarEntry[] = [];
  const contents = new Map<TarEntry, string>();
  const walker = createTarWalker("layer", {
    entry: (entry) => entries.push(entry) > 0,
    content: (entry, content) => contents.set(entry, content.toString()),
  });
  walker.write(archive);
  walker.end();
  for (const entry of entries) {
    const path = cleanPath(entry.name);
    const payload = entry.type === "file" ? { payload: contents.get(entry) ?? "" } : {};
    if (path !== undefined && tree.apply(index, { type: entry.type, path, link: entry.link, ...payload })) continue;
    throw new Problem({ kind: "input", code: "oci.path", place: "layer", cause: `cannot be reached: ${entry.name}` });
  }
}
