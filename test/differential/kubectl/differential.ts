/** Files of manifests: the objects that we judge beside those that kubectl would create. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestReader } from "../../../src/engines/kubernetes/manifests.ts";
import { rawOf } from "../../../src/engines/kubernetes/model.ts";
import type { Differential, Reading } from "../differential.ts";
import { canonical } from "../yaml/canonical.ts";
import { startDiscovery } from "./discovery-server.ts";
import { generate } from "./generate.ts";

/** kubectl is started for each case; so many at once. */
const AT_ONCE = 3;

export const differential: Differential = {
  reader: "kubectl",
  consumer: "kubectl create --dry-run=client",
  needs: ["kubectl"],
  cases: { short: 8, soak: 2_000 },
  // Nothing is created of what kubectl refuses.
  accepting: "harmless",
  generate,
  consume,
  read,
  known: [
    {
      reason: "kubectl ends with an error, and all that it creates is read alike: the rest is created by nobody",
      matches: (_, ours, theirs) =>
        ours.kind === "value" &&
        theirs.kind === "value" &&
        theirs.value.endsWith(" !") &&
        areAmong(theirs.value.split(" ").slice(0, -1), ours.value.split(" ")),
    },
  ],
  regressions: () => {
    const cases = JSON.parse(readFileSync(join(import.meta.dirname, "cases.json"), "utf8")) as string[];
    return new Map(cases.map((text, index) => [String(index), Buffer.from(text)]));
  },
};

/** In the same order. No space is within an object: spaces of texts are escaped. */
function areAmong(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  return some.every((one) => {
    at = all.indexOf(one, at) + 1;
    return at > 0;
  });
}

async function consume(cases: readonly Buffer[]): Promise<Reading[]> {
  const server = await startDiscovery();
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-kubectl-"));
  const readings: Reading[] = [];
  const waiting = [...cases.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, bytes] = next;
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, bytes);
      readings[index] = await created(server.url, folder, file);
    }
  };
  try {
    // The first one fills kubectl's cache of what kinds there are.
    await created(server.url, folder, "-");
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return readings;
}

function created(server: string, folder: string, file: string): Promise<Reading> {
  const connection = ["--server", server, "--kubeconfig", "/dev/null", "--cache-dir", join(folder, "cache")];
  const asked = ["create", "--dry-run=client", "--validate=false", "--output=json", "--filename", file];
  return new Promise((resolve) => {
    const child = execFile("kubectl", [...connection, ...asked], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const objects = objectsIn(stdout).map(shown);
      if (objects.length === 0) resolve({ kind: "refused", why: stderr.trim() });
      else resolve({ kind: "value", value: [...objects, ...(error === null ? [] : ["!"])].join(" ") });
    });
    child.stdin?.end();
  });
}

/** It prints one after another, each between braces in the first column. */
function objectsIn(text: string): unknown[] {
  return text
    .split(/(?<=^\}\n)/m)
    .filter((part) => part.trim() !== "")
    .map((part): unknown => JSON.parse(part));
}

/** Without the namespace that kubectl puts in. */
function shown(object: unknown): string {
  const { metadata, ...others } = object as { metadata?: Record<string, unknown> };
  const { namespace: _, ...kept } = metadata ?? {};
  return canonical(Object.keys(kept).length === 0 ? others : { ...others, metadata: kept });
}

/** As the audit reads a file; refused where it leaves a gap about more than a field's type. */
function read(bytes: Buffer): Reading {
  const reader = manifestReader();
  try {
    reader.file("x.yaml", new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes));
  } catch {
    return { kind: "refused", why: "not UTF-8" };
  }
  const { objects, gaps } = reader.manifests();
  const [gap] = gaps.filter(({ object }) => object === undefined);
  if (gap !== undefined) return { kind: "refused", why: gap.reason };
  return { kind: "value", value: objects.map((object) => shown(rawOf(object))).join(" ") };
}
