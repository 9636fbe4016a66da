/**
 * `npm run bench -- [NAME…] [--data DIR] [--json FILE] [--short]`: measures, prints a table each and writes JSON. Without a name
 * every benchmark runs. Exit code 1 where a limit does not hold, 2 where there is nothing to run.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { describeMachine } from "./machine.ts";
import { type BenchReport, formatTable, holds } from "./table.ts";

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  "image-scan": async () => (await import("./image-scan.ts")).imageScan,
  contents: async () => (await import("./contents.ts")).contents,
  advisories: async () => (await import("./advisories.ts")).advisories,
  findings: async () => (await import("./findings.ts")).findings,
  secrets: async () => (await import("./secrets.ts")).secrets,
  "secrets-history": async () => (await import("./secrets-history.ts")).secretsHistory,
  "git-history": async () => (await import("./git-history.ts")).gitHistory,
  audit: async () => (await import("./audit.ts")).audit,
  object: async () => (await import("./object.ts")).object,
  network: async () => (await import("./network.ts")).network,
  pipelines: async () => (await import("./pipelines.ts")).pipelines,
  lint: async () => (await import("./lint.ts")).lint,
  dependencies: async () => (await import("./dependencies.ts")).dependencies,
  packages: async () => (await import("./packages.ts")).packages,
  trust: async () => (await import("./trust.ts")).trust,
  "trust-images": async () => (await import("./trust-images.ts")).trustImages,
  "admission-images": async () => (await import("./admission-images.ts")).admissionImages,
  admission: async () => (await import("./admission.ts")).admission,
  registry: async () => (await import("./registry.ts")).registry,
  root: async () => (await import("./root.ts")).root,
  rules: async () => (await import("./rules.ts")).rules,
  sensor: async () => (await import("./sensor.ts")).sensor,
  "start-up": async () => (await import("./start-up.ts")).startUp,
};

const ROOT = resolve(import.meta.dirname, "..");
const CACHE = join(ROOT, ".cache/bench");

async function main(): Promise<number> {
  const parsed = parseCommandLine();
  if (typeof parsed === "string") return await refuse(parsed);
  const names = parsed.positionals.length > 0 ? parsed.positionals : Object.keys(benches);
  const unknown = names.filter((name) => benches[name] === undefined);
  if (unknown.length > 0) return await refuse(`there is no benchmark ${unknown.join(", ")}`);
  if (parsed.values.json !== undefined && names.length > 1) return await refuse("--json FILE takes one benchmark");
  let over = false;
  for (const name of names) {
    const bench = await benches[name]?.();
    if (bench === undefined) continue;
    const data = resolve(parsed.values.data);
    const missing = bench.needs.filter((path) => !existsSync(join(data, path)));
    if (missing.length > 0)
      return await refuse(`${data} lacks ${missing.join(", ")}: --data DIR names the public data`);
    const report = await measure(name, bench, data, parsed.values.short);
    process.stdout.write(`${formatTable(report)}\n`);
    const file = resolve(parsed.values.json ?? join(CACHE, `${name}.json`));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    over ||= report.rows.some((row) => holds(row) === false);
  }
  return over ? 1 : 0;
}

async function measure(name: string, bench: Bench, data: string, short: boolean): Promise<BenchReport> {
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  mkdirSync(CACHE, { recursive: true });
  const result = await bench.run({
    cache: CACHE,
    data,
    short,
    note: (line) => process.stderr.write(`${name}: ${line}\n`),
  });
  return { name, startedAt, machine, ...result };
}

function parseCommandLine() {
  const options = {
    data: { type: "string", default: resolve(ROOT, "../shared/data") },
    json: { type: "string" },
    short: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return (error as Error).message;
  }
}

async function refuse(why: string): Promise<number> {
  const lines = [`bench: ${why}`, "usage: npm run bench -- [NAME…] [--data DIR] [--json FILE] [--short]"];
  for (const [name, load] of Object.entries(benches)) lines.push(`  ${name.padEnd(12)} ${(await load()).about}`);
  process.stderr.write(`${lines.join("\n")}\n`);
  return 2;
}

process.exitCode = await main();
