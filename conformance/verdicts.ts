/**
 * Suite `verdicts`: what Bulkhead says of both shops, of kube-prometheus and of the sample image, one line a verdict, held
 * against the state that conformance/verdicts/*.txt records. A change that should change no verdict changes no line;
 * one that should is committed with the new record (`VERDICTS=record npm run conformance -- verdicts`), whose difference
 * shows which and how many.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bulkhead } from "../test/bulkhead.ts";
import type { Case, Suite } from "./suite.ts";

const SHOP = join(import.meta.dirname, "..", "examples", "shop");
const RECORDS = join(import.meta.dirname, "verdicts");
const KUBE_PROMETHEUS = "kubernetes/kube-prometheus-manifests.tar.zst";
const SAMPLE = "images/sample-alpine310-node-vuln.oci.tar";

/** Of the JSON report, what this reads. */
interface Reported {
  readonly exitCode: number;
  readonly controls?: readonly { readonly number: number; readonly verdict: string }[];
  readonly evaluations: readonly {
    readonly check: string;
    readonly asset: { readonly kind: string; readonly name: string };
    readonly verdict: string;
    readonly findings: readonly { readonly severity: string; readonly overThreshold: boolean }[];
    readonly gaps: readonly unknown[];
  }[];
}

export const verdicts: Suite = {
  about: "verdict for verdict as recorded: both shops, kube-prometheus, the sample image",
  needs: [KUBE_PROMETHEUS, SAMPLE],
  async *cases({ data, temporary }) {
    const home = join(temporary, "home");
    mkdirSync(home);
    const run = (...written: readonly string[]) => bulkhead(written, { cwd: temporary, home });
    const database = join(temporary, "advisories.db");
    execFileSync(process.execPath, [join(SHOP, "assemble.ts")], { stdio: "ignore" });
    await run("db", "import", join(SHOP, "advisories"), "--db", database);
    execFileSync("tar", ["--zstd", "-xf", join(data, KUBE_PROMETHEUS), "-C", temporary]);
    const runs: Readonly<Record<string, readonly string[]>> = {
      "shop-insecure": ["check", join(SHOP, "insecure"), "--db", database],
      "shop-hardened": ["check", join(SHOP, "hardened"), "--db", database],
      "kube-prometheus": ["workload", "audit", join(temporary, "manifests")],
      "sample-image": ["image", "scan", `oci-archive:${join(data, SAMPLE)}`, "--db", database],
    };
    for (const [name, written] of Object.entries(runs)) {
      yield held(name, async () => {
        const { stdout, stderr } = await run(...written, "--format", "json");
        // Where the data lies is no part of a verdict.
        return { stdout: stdout.replaceAll(`${data}/`, ""), stderr };
      });
    }
  },
};

function held(name: string, run: () => Promise<{ readonly stdout: string; readonly stderr: string }>): Case {
  return {
    name,
    async run() {
      const { stdout, stderr } = await run();
      assert.ok(stdout.startsWith("{"), stderr);
      const said = linesOf(JSON.parse(stdout) as Reported);
      const record = join(RECORDS, `${name}.txt`);
      if (process.env.VERDICTS === "record") writeFileSync(record, said);
      assert.deepEqual(said.split("\n"), readFileSync(record, "utf8").split("\n"));
    },
  };
}

/** Passes as a count of assets, all else by asset with its findings by severity (`!` at or over the threshold). */
function linesOf({ exitCode, controls = [], evaluations }: Reported): string {
  const passes = new Map<string, number>();
  const lines: string[] = [];
  for (const { check, asset, verdict, findings, gaps } of evaluations) {
    if (verdict === "pass" && findings.length === 0) {
      passes.set(check, (passes.get(check) ?? 0) + 1);
      continue;
    }
    const counts = new Map<string, number>();
    for (const { severity, overThreshold } of findings) {
      const key = `${severity}${overThreshold ? "!" : ""}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const severities = [...counts].sort().map(([severity, count]) => ` ${severity}=${count}`);
    lines.push(
      `${check} ${asset.kind} ${asset.name}: ${verdict}${severities.join("")}${gaps.length > 0 ? ` gaps=${gaps.length}` : ""}`,
    );
  }
  return [
    `exit code ${exitCode}`,
    ...controls.map(({ number, verdict }) => `control ${number}: ${verdict}`),
    ...[...passes].map(([check, count]) => `${check}: ${count} pass`).sort(),
    ...lines.sort(),
    "",
  ].join("\n");
}
