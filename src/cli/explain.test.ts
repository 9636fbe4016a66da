import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../core/problem.ts";
import { inFolder, recordBelow } from "../engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../engines/vulnerability/database/import.ts";
import { explain } from "./explain.ts";
import { explainKey, policyKeys } from "./explain-key.ts";

async function printed(topic: string, database?: string): Promise<string> {
  const said: string[] = [];
  await explain(topic, database, (text) => said.push(text));
  return said.join("");
}

test("a check, in any case, and a rule for secrets", async () => {
  assert.match(await printed("image/known-vulnerabilities"), /^image\/known-vulnerabilities · /);
  const rule = await printed("github-personal-access-token");
  assert.match(rule, /secret rule/);
  assert.match(rule, /Revoke the secret first/);
});

test("every key of the policy, a group, and a category in the singular", () => {
  for (const key of policyKeys())
    assert.match(explainKey(key) ?? "", new RegExp(`^${key.replaceAll(".", "\\.")} · policy key\n`));
  assert.match(
    explainKey("thresholds.vulnerability") ?? "",
    /^thresholds\.vulnerabilities · policy key\n[\s\S]*keys {8}severity, fixableOnly, exploited/,
  );
  assert.match(explainKey("rebuild.maxAgeDays") ?? "", /allowed {5}a whole number from 0 to 3650\n {2}default {5}7\n/);
  assert.match(explainKey("unknown") ?? "", /of an entry code, check, asset, reason, owner, expires/);
  assert.equal(explainKey("thresholds.none"), undefined);
});

test("an advisory by any of its names, from the database", async () => {
  await inFolder(async (folder) => {
    const records = join(folder, "records.jsonl");
    const record = recordBelow("GHSA-aaaa-bbbb-cccc", "npm", "left", "1.2.3", {
      aliases: ["CVE-2025-1000"],
      summary: "It pads\u001b[31m",
    });
    writeFileSync(records, `${JSON.stringify(record)}\n`);
    const database = join(folder, "advisories.db");
    await importAdvisories({ sources: [records], database, now: new Date("2026-01-01T00:00:00Z") });
    for (const name of ["CVE-2025-1000", "cve-2025-1000", "GHSA-aaaa-bbbb-cccc", "ghsa-AAAA-BBBB-CCCC"]) {
      const text = await printed(name, database);
      assert.match(text, /affected {4}npm left: before 1\.2\.3/, name);
      assert.ok(!text.includes("\u001b"), "what a record says is escaped");
    }
    await assert.rejects(
      explain("CVE-2025-9999", database),
      (error) => error instanceof Problem && /no such advisory in the database of 2026-01-01/.test(error.message),
    );
  });
});

test("what is unknown is told with what is near", async () => {
  await assert.rejects(
    explain("licenses.dney"),
    (error) => error instanceof Problem && /did you mean licenses\.deny\?/.test(error.remedy ?? ""),
  );
});
