/** `bulkhead db`: what it tells of the advisories that it has, and what it refuses to import. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Answered, inProcess } from "./in-process.ts";
import { writeAdvisories } from "./made-advisories.ts";
import { assertRefused } from "./refused.ts";

let folder: string;
let home: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-db-command-"));
  home = join(folder, "home");
  mkdirSync(home);
  writeAdvisories(join(folder, "advisories"));
  const { code, stdout } = await run("db", "import", "advisories", "--label", "made advisories");
  assert.equal(code, 0, stdout);
});
after(() => rmSync(folder, { recursive: true }));

function run(...written: readonly string[]): Promise<Answered> {
  return inProcess(written, { cwd: folder, home });
}

describe("db", () => {
  it("db status says what is covered, as of when", async () => {
    const { code, stdout } = await run("db", "status");
    assert.equal(code, 0);
    assert.match(stdout, /made advisories/);
    assert.match(stdout, /npm as of 2026-01-01/);
    const machine = JSON.parse((await run("db", "status", "--json")).stdout) as { sources: { records: number }[] };
    assert.equal(machine.sources[0]?.records, 3);
    assertRefused(await run("db", "status", "--db", "nowhere.db"), /^bulkhead: database\.missing: /);
  });

  it("db import takes the release whose coverage is declared on the command line", async () => {
    const affected = {
      package: { ecosystem: "Alpine:v3.19", name: "zlib" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1.2.13-r1" }] }],
    };
    const record = { id: "CVE-2018-25032", modified: "2026-01-01T00:00:00Z", affected: [affected] };
    writeFileSync(join(folder, "alpine.jsonl"), JSON.stringify(record));
    const declared = ["--covers", "Alpine:v3.19@2026-01-01"];
    const done = await run("db", "import", "alpine.jsonl", "--db", "alpine.db", ...declared);
    assert.equal(done.code, 0, done.stderr);
    assert.match((await run("db", "status", "--db", "alpine.db")).stdout, /Alpine:v3\.19 as of 2026-01-01/);
  });

  it("db import says what it could not understand, and leaves the old database where there is nothing to import", async () => {
    const affected = {
      package: { ecosystem: "npm", name: "a" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "2.0.0" }, { fixed: "1.0.0" }] }],
    };
    writeFileSync(
      join(folder, "odd.jsonl"),
      `${JSON.stringify({ id: "GHSA-odd", modified: "2025-01-01T00:00:00Z", affected: [affected] })}\nnot JSON\n`,
    );
    const odd = await run("db", "import", "odd.jsonl", "--db", "odd.db", "--covers", "npm@2026-01-01");
    assert.equal(odd.code, 0, odd.stderr);
    assert.match(odd.stdout, /1 records rejected/);
    assert.match(odd.stdout, /1 affected packages with unparsable versions/);
    const before = readFileSync(join(folder, "odd.db"));
    mkdirSync(join(folder, "nothing"));
    assertRefused(await run("db", "import", "nothing", "--db", "odd.db"), /^bulkhead: advisories\.nothing-to-import: /);
    assertRefused(await run("db", "import", "odd.jsonl", "--db", "odd.db", "--covers", "npm"), /--covers npm: /);
    assert.deepEqual(readFileSync(join(folder, "odd.db")), before);
    assertRefused(await run("db", "import", "odd.jsonl", "--db", "odd.jsonl/below.db"), /^bulkhead: \w+\.[\w-]+: /);
  });
});
