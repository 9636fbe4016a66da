/** The readers of rpm's databases beside `rpm -qa`: what rpm lists is listed, or something is a gap. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rpm } from "../../../src/engines/contents/packages/rpm/rpm.ts";
import type { Differential, Reading } from "../differential.ts";
import { rpmCase, unpacked } from "./cases.ts";

export const differential: Differential = {
  reader: "rpmdb",
  consumer: "rpm -qa",
  needs: ["rpm", "rpmbuild"],
  cases: { short: 60, soak: 1_000 },
  accepting: "harmless",
  generate: rpmCase,
  consume,
  read,
  known: [
    {
      reason: "all that rpm lists is listed, and what it refuses too",
      matches: (_, ours, theirs) => {
        if (ours.kind !== "value" || theirs.kind !== "value") return false;
        const own = new Set(ours.value.split("\n"));
        return theirs.value === "" || theirs.value.split("\n").every((line) => own.has(line));
      },
    },
  ],
};

const FORMAT = "%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\x1f\\n".replace("\\x1f", "\x1f");

async function consume(cases: readonly Buffer[]): Promise<Reading[]> {
  const folder = await mkdtemp(join(tmpdir(), "rpmdb-"));
  const answers: Reading[] = [];
  try {
    for (const [index, bytes] of cases.entries()) {
      const { backend, database, log } = unpacked(bytes);
      const path = join(folder, String(index));
      await mkdir(path);
      await writeFile(join(path, backend === "sqlite" ? "rpmdb.sqlite" : "Packages.db"), database);
      if (log !== undefined) await writeFile(join(path, "rpmdb.sqlite-wal"), log);
      answers.push(await query(["--define", `_db_backend ${backend}`, "--dbpath", path, "-qa", "--qf", FORMAT]));
      await rm(path, { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return answers;
}

/** What it lists counts, whatever it complains of. */
async function query(args: readonly string[]): Promise<Reading> {
  const child = spawn("rpm", args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C.UTF-8" } });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (part: Buffer) => output.push(part));
  child.stderr.on("data", (part: Buffer) => errors.push(part));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const lines = Buffer.concat(output).toString("utf8").split("\x1f\n").slice(0, -1);
  const complaint = Buffer.concat(errors).toString("utf8");
  if (lines.length === 0 && complaint !== "") return { kind: "refused", why: complaint.slice(0, 200) };
  return { kind: "value", value: [...new Set(lines)].sort().join("\n") };
}

function read(bytes: Buffer): Reading {
  const { backend, database, log } = unpacked(bytes);
  const folder = "var/lib/rpm/";
  const path = folder + (backend === "sqlite" ? "rpmdb.sqlite" : "Packages.db");
  const companions = new Map(log === undefined ? [] : [[`${folder}rpmdb.sqlite-wal`, log]]);
  const facts = rpm.analyse({ path, bytes: database, companions });
  if (facts?.kind !== "packages")
    return { kind: "refused", why: facts?.kind === "unreadable" ? facts.reason : "nothing" };
  if (facts.unread.length > 0) return { kind: "refused", why: facts.unread.join("; ") };
  const lines = facts.packages.map(({ name, version }) => `${name} ${version}`);
  return { kind: "value", value: [...new Set(lines)].sort().join("\n") };
}
