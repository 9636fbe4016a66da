import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { madeDatabase } from "../../store/embedded.fixture.ts";
import { openStore } from "../../store/open.ts";
import { recordReaders } from "./trace-records.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-records-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const none = { registryLog: [], decisions: [], alerts: [] };
const entry = {
  ...{ time: "2026-11-27T10:00:00.000Z", principal: "user:ci", operation: "manifest.push", repository: "shop/api" },
  ...{ reference: "v1", action: "allow", basis: "policy", reason: "permitted" },
};

test("the guard's database says what its log says", async () => {
  const data = join(folder, "data");
  await madeDatabase(data);
  const store = await openStore({ folder: data });
  store.audit.write(entry);
  store.audit.write({ ...entry, repository: "shop/web" });
  store.audit.write({ ...entry, operation: 7 });
  await store.close();
  const log = join(folder, "guard.log");
  writeFileSync(log, [entry, { ...entry, repository: "shop/web" }].map((each) => JSON.stringify(each)).join("\n"));

  const isWanted = ({ repository }: { readonly repository: string }) => repository === "shop/api";
  const stored = await recordReaders({ ...none, data }).pushes?.(isWanted);
  const logged = await recordReaders({ ...none, registryLog: [log] }).pushes?.(isWanted);
  assert.equal(stored?.entries.length, 1);
  assert.deepEqual(stored?.entries, logged?.entries);
  assert.deepEqual(
    stored?.gaps.map(({ code }) => code),
    ["trace.log-unread"],
  );
});

test("a database that does not answer is unknown, and options that say two things are refused", async () => {
  const url = join(folder, "url");
  writeFileSync(url, `${["postgresql://guard", "guard@127.0.0.1:1/none"].join(":")}\n`);
  const unread = await recordReaders({ ...none, databaseUrlFile: url }).pushes?.(() => true);
  assert.equal(unread?.entries.length, 0);
  assert.match(unread?.gaps[0]?.code ?? "", /^store\./);
  assert.deepEqual(recordReaders(none), {});
  for (const both of [
    { ...none, registryLog: ["-"], decisions: ["-"] },
    { ...none, registryLog: ["a.log"], data: "data" },
    { ...none, data: "data", databaseUrlFile: url },
  ]) {
    assert.throws(() => recordReaders(both), Problem);
  }
});
