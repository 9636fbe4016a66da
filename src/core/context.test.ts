import assert from "node:assert/strict";
import { test } from "node:test";
import { type AssetContext, contextLookup } from "./context.ts";
import type { Finding } from "./finding.ts";

test("every part of a report looks its places up in one table", () => {
  const no = { answer: "no", reason: "nothing runs it" } as const;
  const asset = { kind: "file", id: "a", lineage: "a", name: "a" } as const;
  const contexts: AssetContext[] = [{ asset, exposed: no, reachable: no, runs: no, signed: no }];
  const lookup = contextLookup(contexts);
  assert.equal(contextLookup(contexts), lookup);
  assert.notEqual(contextLookup([...contexts]), lookup);
  const finding = { matches: { ids: [] } } as unknown as Finding;
  assert.equal(lookup(asset, finding).runs, no);
  assert.equal(lookup({ ...asset, id: "b" }, finding).runs.answer, "unknown");
  assert.equal(contextLookup()(asset, finding).runs.answer, "unknown");
});
