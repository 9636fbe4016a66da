import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReportedFlaw } from "../../engines/reports/model.ts";
import { ForeignFlaws, identity, type KnownIds } from "./flaws.ts";

const known: KnownIds = { aliasesOf: () => [], exploited: () => undefined, epss: () => undefined };
const by = { tool: { name: "t" }, place: "r.json", severity: "high" } as const;

function flaw(...ids: [string, ...string[]]): ReportedFlaw {
  return { ids, package: { name: "a", version: "1" }, severity: "high", title: "t", references: [] };
}

test("of one flaw that very many reports name otherwise some ids are kept, CVEs before all others", () => {
  const flaws = new ForeignFlaws();
  for (let at = 0; at < 3_000; at++) {
    const cves = at < 15 ? [`CVE-2026-${1_000 + at}`] : [];
    flaws.add(flaw(`GHSA-${at}`, "CVE-2026-1", `X-${at}`, ...cves), by);
  }
  const [one, ...others] = flaws.all(known);
  assert.ok(one !== undefined && others.length === 0);
  assert.equal(one.by.length, 3_000);
  assert.equal(one.ids[0], "GHSA-0");
  assert.equal(one.ids.length, 20);
  assert.equal(identity(one.ids).length, 16);
});
