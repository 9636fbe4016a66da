/** The reader of dpkg's status file beside dpkg-query, the updates that dpkg reads after it included. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PackageRecord } from "../../../src/engines/contents/model.ts";
import { dpkg } from "../../../src/engines/contents/packages/dpkg/dpkg.ts";
import type { Differential, Reading } from "../differential.ts";
import { statusCase, updateIn } from "./cases.ts";

const FORMAT = "${db:Status-Status}\\t${Package}\\t${Version}\\t${source:Package}\\t${source:Version}\x1f\n";

export const differential: Differential = {
  reader: "dpkg-status",
  consumer: "dpkg-query",
  needs: ["dpkg-query"],
  cases: { short: 100, soak: 2_000 },
  accepting: "harmless",
  generate: statusCase,
  consume,
  read,
  known: [
    {
      reason: "every package that dpkg lists is listed, and one more that a later stanza takes back",
      matches: (_, ours, theirs) =>
        ours.kind === "value" && theirs.kind === "value" && isWithin(theirs.value, ours.value),
    },
  ],
};

const run = promisify(execFile);

async function consume(cases: readonly Buffer[]): Promise<Reading[]> {
  const folder = await mkdtemp(join(tmpdir(), "dpkg-status-"));
  const answers: Reading[] = [];
  try {
    await mkdir(join(folder, "updates"));
    for (const bytes of cases) {
      const { status, update } = updateIn(bytes);
      await writeFile(join(folder, "status"), status);
      if (update === undefined) await rm(join(folder, "updates", "0001"), { force: true });
      else await writeFile(join(folder, "updates", "0001"), update);
      answers.push(await query(folder));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return answers;
}

async function query(folder: string): Promise<Reading> {
  try {
    const { stdout } = await run("dpkg-query", ["--admindir", folder, "-W", "-f", FORMAT], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    const lines = stdout.split("\x1f\n").slice(0, -1);
    const found = lines
      .map((line) => line.split("\t"))
      .filter(([state]) => state === "installed")
      .map(([, name, version, source, sourceVersion]) => lineOf(name, version, source, sourceVersion));
    return { kind: "value", value: found.sort().join("\n") };
  } catch (error) {
    const { code, signal, stderr } = error as { code?: unknown; signal?: string; stderr?: string };
    if (stderr?.includes("no packages found matching")) return { kind: "value", value: "" };
    // It ends by a signal where a package without a version is to be printed.
    if (typeof code !== "number" && signal !== "SIGSEGV") throw error;
    return { kind: "refused", why: (stderr ?? "").slice(0, 300) };
  }
}

function read(bytes: Buffer): Reading {
  const { status, update } = updateIn(bytes);
  const packages: PackageRecord[] = [];
  for (const [path, content] of [
    ["var/lib/dpkg/status", status],
    ["var/lib/dpkg/updates/0001", update],
  ] as const) {
    if (content === undefined) continue;
    if (!dpkg.wants(path)) return { kind: "value", value: `${path} is not read` };
    const facts = dpkg.analyse({ path, bytes: content, companions: new Map() });
    if (facts?.kind !== "packages") return { kind: "refused", why: "unreadable" };
    if (facts.unread.length > 0) return { kind: "refused", why: facts.unread.join("; ") };
    packages.push(...facts.packages);
  }
  const lines = packages.map(({ name, version, source }) => lineOf(name, version, source?.name, source?.version));
  return { kind: "value", value: [...new Set(lines)].sort().join("\n") };
}

/** Versions as dpkg prints them: an epoch of zero is left out. */
function lineOf(...fields: readonly (string | undefined)[]): string {
  return fields.map((field) => (field ?? "").replace(/^0+:/, "").replace(/^0+([1-9][0-9]*:)/, "$1")).join(" ");
}

function isWithin(theirs: string, ours: string): boolean {
  const own = new Set(ours.split("\n"));
  return theirs === "" || theirs.split("\n").every((line) => own.has(line));
}
