/** Our tar walker beside Go's archive/tar, by which runtimes unpack layers. */
import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { Problem } from "../../../src/core/problem.ts";
import { createTarWalker, type TarEntry } from "../../../src/engines/oci/tar.ts";
import { textOf } from "../../../src/engines/oci/tar-header.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGoForJson } from "../go-program.ts";
import { archiveFrom } from "./archives.ts";

interface GoEntry {
  readonly type: string;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly owner: number;
  readonly sparse: boolean;
  readonly content: string;
}

export const differential: Differential = {
  reader: "tar",
  consumer: "Go's archive/tar",
  needs: ["go"],
  cases: { short: 3_000, soak: 100_000 },
  accepting: "harmless",
  generate: archiveFrom,
  consume: (cases) => askGoForJson(join(import.meta.dirname, "consumer.go"), cases, shown),
  read,
};

function shown(answer: unknown): string {
  return (answer as GoEntry[])
    .map((each) => {
      const [name, link] = [each.name, each.link].map((hex) => {
        const bytes = Buffer.from(hex, "hex");
        return textOf(bytes, 0, bytes.length);
      });
      return line({ ...each, name: name as string, link: link as string });
    })
    .join("\n");
}

function line({ type, name, link, mode, owner, sparse, content }: GoEntry): string {
  return JSON.stringify([type, name, link, mode, owner, sparse, content]);
}

function read(bytes: Buffer): Reading {
  const entries: TarEntry[] = [];
  const hashes = new Map<TarEntry, Hash>();
  const walker = createTarWalker("case", {
    entry(entry) {
      entries.push(entry);
      if (entry.type === "file" && !entry.sparse) hashes.set(entry, createHash("sha256"));
      return false;
    },
    data: (entry, piece) => hashes.get(entry)?.update(piece),
  });
  try {
    // In pieces, as a stream brings it.
    for (let at = 0; at < bytes.length; at += 700) walker.write(bytes.subarray(at, at + 700));
    walker.end();
  } catch (error) {
    if (error instanceof Problem) return { kind: "refused", why: error.message };
    throw error;
  }
  const lines = entries.map((entry) =>
    line({ ...entry, owner: entry.owner ?? 0, content: hashes.get(entry)?.digest("hex") ?? "" }),
  );
  return { kind: "value", value: lines.join("\n") };
}
