/** What `image scan --learned` says was loaded of a real container, beside what strace and dpkg say of the same script. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { learnHooks } from "../../../src/engines/events/learn/collect.ts";
import type { Learned } from "../../../src/engines/events/learn/model.ts";
import { jsonLines, recordBelow } from "../../../src/engines/vulnerability/database/advisories.fixture.ts";
import { stateHooks } from "../../../src/guards/runtime/sensor/hooks.ts";
import { bulkhead } from "../../bulkhead.ts";
import { cannotRunContainers, openContainers } from "./containers.ts";
import { cannotSense, startSensor } from "./sensor.ts";
import { packagesByStrace } from "./strace-oracle.ts";

function cannotTrace(): string | undefined {
  return spawnSync("strace", ["--version"]).status === 0 ? undefined : "strace is not installed";
}

const skip = cannotRunContainers() ?? cannotSense() ?? cannotTrace() ?? false;
const folder = mkdtempSync(join(tmpdir(), "bulkhead-loaded-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Programs of several packages, one with modules of Python, one through a link; many packages stay idle. */
const SCRIPT = `
python3 -c "import json, sqlite3, ssl, email.message"
curl --version
nginx -V
redis-server --version
sh -c "true"
ip -V
`;

const podman = (...words: readonly string[]) =>
  execFileSync("podman", ["--runtime", "runc", "--log-level=error", ...words], { encoding: "utf8" }).trim();

test("packages that were loaded are those that strace and dpkg tell", { skip, timeout: 400_000 }, async (t) => {
  const containers = await openContainers("bulkhead-loaded");
  t.after(() => containers.close());
  const frames = join(folder, "events.frames");
  const sensor = await startSensor({ hooks: [...stateHooks, ...learnHooks], scope: "containers", file: frames });
  const ran = await containers.run("script", SCRIPT).finally(() => sensor.end());
  assert.equal(ran.code, 0, ran.said);
  assert.deepEqual([...sensor.told.lost], []);
  const run = (...words: readonly string[]) => bulkhead(words, { cwd: folder, home: folder });
  const learned = await run("runtime", "learn", frames, "--format", "json", "--hours", "0", "--output", "learned.json");
  assert.equal(learned.code, 0, learned.stderr);

  // A recording does not say which image a container ran; what watches live asks the runtime.
  const id = podman("image", "inspect", "--format", "{{.Id}}", containers.image);
  const file = JSON.parse(readFileSync(join(folder, "learned.json"), "utf8")) as Learned;
  const workloads = file.workloads
    .filter(({ watched }) => watched.containers.some((container) => container.id.startsWith(ran.id)))
    .map((workload) => ({ ...workload, images: [{ id: `sha256:${id}` }] }));
  assert.equal(workloads.length, 1, JSON.stringify(file.workloads.map(({ watched }) => watched)));
  assert.deepEqual(workloads[0]?.watched.missing, []);
  writeFileSync(join(folder, "learned.json"), JSON.stringify({ ...file, workloads }));

  // A flaw in each source package, so that each package is told of.
  const mounted = podman("image", "mount", containers.image);
  t.after(() => spawnSync("podman", ["image", "unmount", containers.image]));
  const listed = execFileSync("dpkg-query", [`--admindir=${mounted}/var/lib/dpkg`, "-W", "-f", "${source:Package}\n"]);
  const sources = [...new Set(listed.toString().trim().split("\n"))];
  mkdirSync(join(folder, "advisories"));
  writeFileSync(
    join(folder, "advisories", "debian.jsonl"),
    jsonLines(sources.map((name, i) => recordBelow(`CVE-2025-${10_000 + i}`, "Debian:13", name, "99:1"))),
  );
  const source = { file: "debian.jsonl", ecosystem: "Debian", releases: ["13"], asOf: "2025-06-01", complete: true };
  writeFileSync(join(folder, "advisories", "coverage.json"), JSON.stringify({ sources: [source] }));
  const imported = await run("db", "import", "advisories", "--db", "a.db", "--quiet");
  assert.equal(imported.code, 0, imported.stderr);

  podman("save", "--quiet", "--format", "oci-archive", "--output", join(folder, "image.tar"), containers.image);
  const options = ["--learned", "learned.json", "--db", "a.db", "--now", "2025-06-02T00:00:00Z", "--no-secrets"];
  const scanned = await run("image", "scan", "oci-archive:image.tar", ...options, "--format", "json", "--quiet");
  const report = JSON.parse(scanned.stdout) as {
    notes: string[];
    evaluations: { findings: { package?: { name: string }; loaded?: { state: string; reason: string } }[] }[];
  };
  const states = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (const { findings } of report.evaluations) {
    for (const { package: of, loaded } of findings) {
      if (of === undefined || loaded === undefined) continue;
      states.set(of.name, loaded.state);
      reasons.set(of.name, loaded.reason);
    }
  }
  const said = [...states].filter(([, state]) => state === "loaded").map(([name]) => name);
  const unknown = [...states]
    .filter(([, state]) => state === "unknown")
    .map(([name]) => `${name}: ${reasons.get(name)}`);
  const oracle = [...packagesByStrace(mounted, SCRIPT, folder)];
  assert.ok(oracle.length > 10, oracle.join(" "));
  t.diagnostic(`${states.size} packages, ${said.length} loaded, ${unknown.length} unknown`);
  assert.deepEqual(unknown, []);
  assert.deepEqual(said.sort(), oracle.sort());
});
