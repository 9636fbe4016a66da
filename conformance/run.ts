/**
 * `npm run conformance -- NAME [--data DIR]`: runs one suite over public data, names each case that fails with why, and
 * closes with `N passed, N failed`. Exit code 1 when something failed, 2 when there was nothing to run.
 */
import { AssertionError } from "node:assert";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Problem } from "../src/core/problem.ts";
import type { Suite } from "./suite.ts";

const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  admission: async () => (await import("./admission.ts")).admission,
  cel: async () => (await import("./cel.ts")).cel,
  "context-capabilities": async () => (await import("./context-capabilities.ts")).contextCapabilities,
  dockerfiles: async () => (await import("./dockerfiles.ts")).dockerfiles,
  dependencies: async () => (await import("./dependencies.ts")).dependencies,
  "event-fields": async () => (await import("./event-fields.ts")).eventFields,
  expressions: async () => (await import("./expressions.ts")).expressions,
  "falco-alerts": async () => (await import("./falco-alerts.ts")).falcoAlerts,
  falco: async () => (await import("./falco.ts")).falco,
  images: async () => (await import("./images.ts")).images,
  "kubernetes-cel": async () => (await import("./kubernetes-cel.ts")).kubernetesCel,
  lockfiles: async () => (await import("./lockfiles.ts")).lockfiles,
  network: async () => (await import("./network.ts")).network,
  notation: async () => (await import("./notation.ts")).notation,
  "oci-distribution": async () => (await import("./oci-distribution.ts")).ociDistribution,
  pipelines: async () => (await import("./pipelines.ts")).pipelines,
  "pod-security": async () => (await import("./pod-security.ts")).podSecurity,
  sboms: async () => (await import("./sboms.ts")).sboms,
  schemas: async () => (await import("./schemas.ts")).schemas,
  secrets: async () => (await import("./secrets.ts")).secrets,
  provenance: async () => (await import("./provenance.ts")).provenance,
  sigstore: async () => (await import("./sigstore.ts")).sigstore,
  "equal-reports": async () => (await import("./equal-reports.ts")).equalReports,
  verdicts: async () => (await import("./verdicts.ts")).verdicts,
  programs: async () => (await import("./programs.ts")).programs,
  tuf: async () => (await import("./tuf.ts")).tuf,
};

const DEFAULT_DATA = resolve(import.meta.dirname, "../../shared/data");

async function main(): Promise<number> {
  const parsed = parseCommandLine();
  if (typeof parsed === "string") return await refuse(parsed);
  const [name, ...more] = parsed.positionals;
  const load = name === undefined ? undefined : suites[name];
  if (load === undefined || more.length > 0) {
    return await refuse(name === undefined ? "name a suite" : `there is no suite ${parsed.positionals.join(" ")}`);
  }
  const data = resolve(parsed.values.data);
  const suite = await load();
  const missing = [".", ...suite.needs].filter((path) => !existsSync(join(data, path)));
  if (missing.length > 0) {
    const what = missing.includes(".") ? "there is no such folder" : `it lacks ${missing.join(", ")}`;
    process.stderr.write(`conformance: ${data}: ${what} (--data DIR names the folder of public data)\n`);
    return 2;
  }
  return await runSuite(suite, data);
}

function parseCommandLine() {
  try {
    return parseArgs({ allowPositionals: true, options: { data: { type: "string", default: DEFAULT_DATA } } });
  } catch (error) {
    return (error as Error).message;
  }
}

async function refuse(why: string): Promise<number> {
  const lines = [`conformance: ${why}`, "usage: npm run conformance -- NAME [--data DIR]"];
  for (const [name, load] of Object.entries(suites)) lines.push(`  ${name.padEnd(16)} ${(await load()).about}`);
  process.stderr.write(`${lines.join("\n")}\n`);
  return 2;
}

async function runSuite(suite: Suite, data: string): Promise<number> {
  const temporary = mkdtempSync(join(tmpdir(), "bulkhead-conformance-"));
  const removeTemporary = (): void => rmSync(temporary, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      removeTemporary();
      process.exit(130);
    });
  }
  let passed = 0;
  let failed = 0;
  const fail = (name: string, error: unknown): void => {
    failed += 1;
    process.stdout.write(`FAIL ${name}\n${why(error)}\n`);
  };
  try {
    for await (const { name, run } of suite.cases({ data, temporary })) {
      try {
        await run();
        passed += 1;
      } catch (error) {
        fail(name, error);
      }
    }
  } catch (error) {
    fail("the suite itself: the cases after this point did not run", error);
  } finally {
    removeTemporary();
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

/** Lines of one reason at most: a difference of two long lists says enough at its start. */
const WHY_LINES = 40;

function why(error: unknown): string {
  const text =
    error instanceof Problem
      ? error.line()
      : error instanceof AssertionError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
  const lines = text.split("\n");
  const shown = lines.slice(0, WHY_LINES);
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
  return shown.map((line) => `     ${line}`).join("\n");
}

process.exitCode = await main();
