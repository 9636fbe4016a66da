import assert from "node:assert/strict";
import type { Analyser } from "./analyser.ts";
import type { FileFacts, PackageRecord } from "./model.ts";

/** For tests: analyses one file, and holds what holds for every analyser: facts survive the cache, which is JSON. */
export function factsOf(
  analyser: Analyser,
  path: string,
  content: string | Buffer,
  companions: Readonly<Record<string, Buffer>> = {},
): FileFacts | undefined {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const facts = analyser.analyse({ path, bytes, companions: new Map(Object.entries(companions)) });
  if (facts !== undefined) assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts);
  return facts;
}

export function packagesOf(facts: FileFacts | undefined): readonly PackageRecord[] {
  assert.equal(facts?.kind, "packages");
  return facts.packages;
}

export function unreadOf(facts: FileFacts | undefined): readonly string[] {
  assert.equal(facts?.kind, "packages");
  return facts.unread;
}
