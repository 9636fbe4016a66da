/** A scan that finds more than anybody reads: 120,000 packages of a bill of materials, each with two flaws. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";
import { type Bench, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const NAMES = 1_200;
const VERSIONS = 100;
const FLAWS = ["aaaa", "bbbb"];
const ROUNDS = 3;
const NOW = "2026-01-02T00:00:00Z";

/** Bytes. */
const LIMIT = 500e6;

export const findings: Bench = {
  about: "scanning a bill of materials with 240,000 findings",
  needs: [],
  async run({ cache, note, short }) {
    const folder = join(cache, "findings");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const sbom = join(folder, "sbom.json");
    writeFileSync(sbom, JSON.stringify(bill()));
    writeFileSync(join(folder, "made.jsonl"), advisories());
    const sources = [{ file: "made.jsonl", ecosystem: "npm", asOf: "2026-01-01", complete: true }];
    writeFileSync(join(folder, "coverage.json"), JSON.stringify({ sources }));
    const database = join(folder, "advisories.db");
    await importAdvisories({ database, sources: [join(folder, "made.jsonl")], now: new Date(NOW) });
    const scan = () =>
      bulkhead(
        ...[cache, "image", "scan", `sbom:${sbom}`, "--db", database, "--now", NOW, "--quiet"],
        ...["--format", `json=${join(folder, "report.json")}`],
      );
    const rounds = short ? 1 : ROUNDS;
    const runs = (await interleave(rounds, { scan }, note)).scan ?? [];
    return {
      inputs: [`${NAMES} packages in ${VERSIONS} versions, ${FLAWS.length} flaws each; the report as JSON`],
      rounds,
      rows: [
        row("image scan, 240,000 findings", "ms", times(runs)),
        row("memory at most", "bytes", peaks(runs), LIMIT),
      ],
    };
  },
};

function bill() {
  const components = Array.from({ length: NAMES * VERSIONS }, (_, at) => {
    const name = `package-${Math.floor(at / VERSIONS)}`;
    const version = `1.0.${at % VERSIONS}`;
    const purl = `pkg:npm/${name}@${version}`;
    return { type: "library", "bom-ref": purl, name, version, purl };
  });
  const component = { type: "container", name: "many", "bom-ref": "many" };
  return { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { component }, components };
}

function advisories(): string {
  const critical = [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }];
  const ranges = [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.1.0" }] }];
  const records = Array.from({ length: NAMES }, (_, at) =>
    FLAWS.map((flaw, index) => ({
      id: `GHSA-${flaw}-${String(at).padStart(4, "0")}-cccc`,
      aliases: [`CVE-2026-${10_000 * (index + 1) + at}`],
      modified: "2026-01-01T00:00:00Z",
      summary: `package-${at} runs what it is sent, ${flaw}`,
      severity: critical,
      affected: [{ package: { ecosystem: "npm", name: `package-${at}` }, ranges }],
    })),
  ).flat();
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
