/** What becomes of reports and databases where writing them is cut short: a full disk, a closed pipe, Ctrl-C, two runs at once. */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, type TestContext, test } from "node:test";
import { readClock } from "../src/core/clock.ts";
import { until } from "../src/core/until.fixture.ts";
import { jsonLines, recordBelow } from "../src/engines/vulnerability/database/advisories.fixture.ts";
import { bulkhead, type Ended, program } from "./bulkhead.ts";
import { inherited } from "./environment.ts";

let folder = "";
let home = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-outputs-"));
  home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(folder, "Dockerfile"), "FROM debian:12\nRUN curl https://example.com/install | sh\n");
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...written: readonly string[]): Promise<Ended> => bulkhead(written, { cwd: folder, home });
const lint = (...written: readonly string[]): Promise<Ended> =>
  run("build", "lint", "Dockerfile", "--quiet", ...written);

/** What a signal or a full disk ends must not look like a bug. */
function saysNoBug(stderr: string): void {
  assert.doesNotMatch(stderr, /bug|\n {4}at |node:/);
}

function start(written: readonly string[], stdout: "pipe" | number = "pipe") {
  const child = spawn(process.execPath, [program, ...written], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: home, ...inherited },
    stdio: ["ignore", stdout, "pipe"],
  });
  const errors = text(child.stderr as NonNullable<typeof child.stderr>);
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  return { child, errors, ended };
}

test("with files alone standard output gets a summary of three lines", async () => {
  const { code, stdout } = await lint("--format", "json=a.json", "--format", "sarif=a.sarif");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^✗ fail: findings at or above the threshold \(exit code 1\)\n\d+ findings: .*; \d at or above the threshold\nwritten: json a\.json, sarif a\.sarif\n$/,
  );
  assert.equal(JSON.parse(readFileSync(join(folder, "a.json"), "utf8")).exitCode, 1);
  const both = await lint("--format", "json=a.json", "--format", "github");
  assert.match(both.stdout, /^::error /);
  assert.doesNotMatch(both.stdout, /^written/m);
  const shell = `"${process.execPath}" "${program}" build lint Dockerfile --format json=/dev/stdout | cat`;
  const through = execFileSync("sh", ["-c", shell], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: home, ...inherited },
  });
  assert.equal(JSON.parse(String(through)).exitCode, 1);
});

test("what standard output cannot take is said in one line, and the exit code is 2", {
  skip: process.platform !== "linux" && "there is no /dev/full",
}, async () => {
  for (const written of [
    ["explain"],
    ["--help"],
    ["build", "lint", "Dockerfile", "--quiet"],
    ["check", ".", "--quiet", "--format", "json"],
  ]) {
    const full = openSync("/dev/full", "w");
    const { errors, ended } = start(written, full);
    const [code] = await ended;
    closeSync(full);
    assert.equal(code, 2, written.join(" "));
    assert.match(await errors, /^bulkhead: cli\.output: standard output: ENOSPC: [^\n]*\n$/);
  }
});

test("a reader that goes away is no error, and the verdict still tells", async () => {
  for (const format of ["json", "html", "sarif", "plain"]) {
    const { child, errors, ended } = start(["build", "lint", "Dockerfile", "--quiet", "--format", format]);
    child.stdout?.destroy();
    assert.deepEqual([(await ended)[0], await errors], [1, ""], format);
  }
});

/** A file system of a few pages, that is full. */
function fullDisk(context: TestContext): string | undefined {
  const disk = mkdtempSync(join(folder, "disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    context.skip("a small tmpfs cannot be mounted here: that takes root");
    return undefined;
  }
  context.after(() => execFileSync("umount", ["-l", disk]));
  return disk;
}

test("a full disk leaves the old report whole, and nothing beside it", async (context) => {
  const disk = fullDisk(context);
  if (disk === undefined) return;
  const report = join(disk, "report.json");
  writeFileSync(report, "old");
  for (const format of ["json", "html", "sarif", "junit"]) {
    const { code, stderr, stdout } = await lint("--format", `${format}=${report}`, "--format", `json=${report}`);
    assert.equal(code, 2, format);
    assert.equal(stdout, "");
    assert.match(stderr, /^bulkhead: files\.unwritable: [^\n]*no space left on the device[^\n]*\n$/);
    assert.deepEqual(readdirSync(disk), ["report.json"]);
    assert.equal(readFileSync(report, "utf8"), "old");
  }
  const source = join(folder, "one.jsonl");
  writeFileSync(source, jsonLines(many(2_000)));
  const imported = await run("db", "import", source, "--db", join(disk, "advisories.db"));
  assert.equal(imported.code, 2);
  saysNoBug(imported.stderr);
  assert.deepEqual(readdirSync(disk), ["report.json"]);
});

/** A registry that never answers; resolves `asked` once somebody waits for it. */
async function silentRegistry(
  context: TestContext,
): Promise<{ readonly image: string; readonly asked: Promise<unknown> }> {
  const server = createServer();
  const asked = once(server, "request");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { image: `127.0.0.1:${(server.address() as AddressInfo).port}/shop/web:1`, asked };
}

test("Ctrl-C during a scan ends it, and leaves the old report", async (context) => {
  const { image, asked } = await silentRegistry(context);
  writeFileSync(join(folder, "kept.json"), "old");
  const { child, errors, ended } = start(["image", "scan", image, "--plain-http", "--format", "json=kept.json"]);
  await asked;
  child.kill("SIGINT");
  const [code, signal] = await ended;
  assert.ok(signal === "SIGINT" || code === 130, `${code} ${signal}`);
  saysNoBug(await errors);
  assert.equal(readFileSync(join(folder, "kept.json"), "utf8"), "old");
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("kept")),
    ["kept.json"],
  );
});

const ISOLATED = ["--pid", "--fork"] as const;
const canIsolate = spawnSync("unshare", [...ISOLATED, "true"]).status === 0;

test("Ctrl-C ends the first process of a container too", {
  skip: !canIsolate && "a process namespace takes root and unshare",
}, async (context) => {
  const { image, asked } = await silentRegistry(context);
  const words = [process.execPath, program, "image", "scan", image, "--plain-http", "--quiet"];
  const child = spawn("unshare", [...ISOLATED, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: home, ...inherited },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const errors = text(child.stderr);
  const ended = once(child, "close");
  await asked;
  process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim()), "SIGINT");
  assert.deepEqual([await ended, await errors], [[130, null], ""]);
});

test("Ctrl-C during an import keeps the database that was there, and the next import clears what is left", async () => {
  const place = join(folder, "database");
  mkdirSync(place);
  const database = join(place, "advisories.db");
  const [small, large] = [join(folder, "small.jsonl"), join(folder, "large.jsonl")];
  writeFileSync(small, jsonLines(many(1)));
  writeFileSync(large, jsonLines(many(60_000)));
  assert.equal((await run("db", "import", small, "--db", database)).code, 0);
  const before = readFileSync(database);
  const { child, errors, ended } = start(["db", "import", large, "--db", database]);
  const building = (): string[] => readdirSync(place).filter((name) => name.includes("importing"));
  await until(() => building().length > 0 || child.exitCode !== null);
  child.kill("SIGINT");
  const [code, signal] = await ended;
  assert.ok(signal === "SIGINT" || code === 130, `${code} ${signal}`);
  saysNoBug(await errors);
  assert.ok(readFileSync(database).equals(before));
  const longAgo = new Date(readClock().getTime() - 120_000);
  for (const name of building()) utimesSync(join(place, name), longAgo, longAgo);
  assert.equal((await run("db", "import", small, "--db", database)).code, 0);
  assert.deepEqual(readdirSync(place), ["advisories.db"]);
});

test("two runs that write one file at once leave one of the reports, whole", async () => {
  const words = ["build", "lint", "Dockerfile", "--quiet", "--format", "json=same.json"];
  // The age of what another run is writing is by the kernel's clock.
  const environment = { LD_PRELOAD: "" };
  const ended = await Promise.all([1, 2, 3].map(() => bulkhead(words, { cwd: folder, home, environment })));
  assert.deepEqual(
    ended.map(({ code }) => code),
    [1, 1, 1],
  );
  assert.equal(JSON.parse(readFileSync(join(folder, "same.json"), "utf8")).exitCode, 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("same.json")),
    ["same.json"],
  );
});

function many(count: number) {
  return Array.from({ length: count }, (_, index) =>
    recordBelow(`GHSA-${index}`, "npm", `package-${index}`, "1.0.0", {}),
  );
}
