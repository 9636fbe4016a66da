import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../core/problem.ts";
import { IMPORTED_AT, inFolder, jsonLines, recordBelow } from "../engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../engines/vulnerability/database/import.ts";
import { keepAdvisories } from "./kept-advisories.ts";

async function write(folder: string, name: string, ids: readonly string[]): Promise<string> {
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, jsonLines(ids.map((id) => recordBelow(id, "npm", "minimist", "1.2.6"))));
  const database = join(folder, `${name}.db`);
  await importAdvisories({ database, sources: [file], now: IMPORTED_AT });
  return database;
}

test("another database in the place of the one that is open is read, and what was under way keeps its own", async () => {
  await inFolder(async (folder) => {
    const place = join(folder, "advisories.db");
    let time = 0;
    const kept = keepAdvisories(place, () => time);
    const codeOf = () => {
      const now = kept.current();
      return now instanceof Problem ? now.code : String(now.status().advisories);
    };
    assert.equal(codeOf(), "database.missing");
    renameSync(await write(folder, "one", ["GHSA-1"]), place);
    assert.equal(codeOf(), "database.missing");
    time += 5_000;
    assert.equal(codeOf(), "1");
    const before = kept.current();
    renameSync(await write(folder, "two", ["GHSA-1", "GHSA-2"]), place);
    time += 5_000;
    assert.equal(codeOf(), "2");
    assert.ok(!(before instanceof Problem));
    assert.equal(before.status().advisories, 1);
    time += 60_000;
    assert.equal(codeOf(), "2");
    assert.throws(() => before.status());
    kept.close();
  });
});

test("a database that is broken, or taken away, is a reason not to know, and not a reason to go on with an old one", async () => {
  await inFolder(async (folder) => {
    const place = join(folder, "advisories.db");
    let time = 0;
    const kept = keepAdvisories(place, () => time);
    const codeOf = () => {
      time += 5_000;
      const now = kept.current();
      return now instanceof Problem ? now.code : "open";
    };
    renameSync(await write(folder, "one", ["GHSA-1"]), place);
    assert.equal(codeOf(), "open");
    writeFileSync(join(folder, "broken"), "nothing that is a database");
    renameSync(join(folder, "broken"), place);
    assert.match(codeOf(), /^database\./);
    renameSync(await write(folder, "two", ["GHSA-1"]), place);
    assert.equal(codeOf(), "open");
    rmSync(place);
    assert.equal(codeOf(), "database.missing");
    kept.close();
  });
});
