/** A database of made advisories that cover npm and Alpine 3.10 and 3.22 whole. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonLines, recordBelow } from "../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";

/** The day after the advisories' own date. */
export const now = "2026-01-02T00:00:00Z";
const asOf = "2026-01-01";

const critical = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };
const low = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N" }] };

/** `flawed` below 1.0.1 has a critical flaw, `scratched` below 2.0.0 a low one, the package musl of Alpine another. */
const records = [
  recordBelow("GHSA-aaaa-aaaa-aaaa", "npm", "flawed", "1.0.1", { summary: "it runs what it is sent", ...critical }),
  recordBelow("GHSA-bbbb-bbbb-bbbb", "npm", "scratched", "2.0.0", low),
  recordBelow("ALPINE-CVE-2020-0001", "Alpine:v3.10", "musl", "1.1.22-r3", low),
];

/** Writes the records and what they cover into a folder, for `bulkhead db import`. */
export function writeAdvisories(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "made.jsonl"), jsonLines(records));
  const sources = [
    { file: "made.jsonl", ecosystem: "npm", asOf, complete: true },
    { file: "made.jsonl", ecosystem: "Alpine", releases: ["v3.10", "v3.22"], asOf, complete: true },
  ];
  writeFileSync(join(folder, "coverage.json"), JSON.stringify({ sources }));
}

/** Imports them; returns the database's path. */
export async function importMade(folder: string): Promise<string> {
  const source = join(folder, "advisories");
  writeAdvisories(source);
  const database = join(folder, "advisories.db");
  await importAdvisories({ database, sources: [source], now: new Date(now) });
  return database;
}
