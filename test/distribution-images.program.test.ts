/** Images of distributions with one package each, judged by retyped facts of real advisories, with and without coverage. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imageOf } from "../src/collect/image/image-files.fixture.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { rpmHeader } from "../src/engines/contents/packages/rpm/header.fixture.ts";
import { ndbFile } from "../src/engines/contents/packages/rpm/ndb.fixture.ts";
import { type FixtureEntry, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { openImage } from "../src/engines/oci/open.ts";
import { recordBelow, withDatabase } from "../src/engines/vulnerability/database/advisories.fixture.ts";
import { splitEcosystem } from "../src/engines/vulnerability/ecosystems.ts";
import { scanImage } from "../src/scan/image.ts";
import { judgedBy } from "./image-judge.fixture.ts";

interface Judged {
  readonly image: readonly FixtureEntry[];
  readonly record: Parameters<typeof recordBelow>;
  /** Flaw, package and fix. */
  readonly finds: string;
}

const critical = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };

const release = (content: string): FixtureEntry => ({ name: "etc/os-release", content });

const images: Readonly<Record<string, Judged>> = {
  "Rocky Linux 8 with openssl-libs 1.1.1k-4": {
    image: [
      release('NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="8.5"\n'),
      {
        name: "var/lib/rpm/Packages.db",
        content: ndbFile([
          rpmHeader({
            ...{ name: "openssl-libs", epoch: 1, version: "1.1.1k", release: "4.el8" },
            sourceRpm: "openssl-1.1.1k-4.el8.src.rpm",
          }),
        ]),
      },
    ],
    record: ["RLSA-2021:5226", "Rocky Linux:8", "openssl", "1:1.1.1k-5.el8_5", { upstream: ["CVE-2021-3712"] }],
    finds: "CVE-2021-3712 openssl-libs 1:1.1.1k-5.el8_5",
  },
  "SLES 15 SP5 with an advisory of its module": {
    image: [
      release('ID="sles"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\n'),
      {
        name: "usr/lib/sysimage/rpm/Packages.db",
        content: ndbFile([
          rpmHeader({
            ...{ name: "libcurl4", version: "8.0.1", release: "150400.5.29.1" },
            sourceRpm: "curl-8.0.1-150400.5.29.1.src.rpm",
          }),
        ]),
      },
    ],
    record: [
      ...(["SUSE-SU-2023:4044-1", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "curl"] as const),
      ...(["8.0.1-150400.5.32.1", { upstream: ["CVE-2023-38545"] }] as const),
    ],
    finds: "CVE-2023-38545 libcurl4 8.0.1-150400.5.32.1",
  },
  "Alpine 3.11 with opensmtpd 6.6.1p1-r0": {
    image: [
      release("ID=alpine\nVERSION_ID=3.11.5\n"),
      { name: "lib/apk/db/installed", content: "P:opensmtpd\nV:6.6.1p1-r0\nA:x86_64\no:opensmtpd\n\n" },
    ],
    record: ["ALPINE-CVE-2020-7247", "Alpine:v3.11", "opensmtpd", "6.6.2p1-r0", { upstream: ["CVE-2020-7247"] }],
    finds: "CVE-2020-7247 opensmtpd 6.6.2p1-r0",
  },
  "Azure Linux 3 without a database of rpm": {
    image: [
      release('ID=azurelinux\nVERSION_ID="3.0"\n'),
      {
        name: "var/lib/rpmmanifest/container-manifest-2",
        content: [
          ...["python3-webob", "1.8.8-1.azl3", "1719950001", "1719940001", "Microsoft Corporation", "(none)", "600"],
          ...["noarch", "0", "python-webob-1.8.8-1.azl3.src.rpm\n"],
        ].join("\t"),
      },
    ],
    record: ["AZL-97575", "Azure Linux:3", "python-webob", "0:1.8.11-1.azl3", { aliases: ["CVE-2026-54770"] }],
    finds: "CVE-2026-54770 python3-webob 0:1.8.11-1.azl3",
  },
};

/** The verdict on known vulnerabilities of each scope, with its findings. */
async function judged(
  { image, record: [id, scope, name, fixed, more] }: Judged,
  releases: readonly string[],
  known: boolean,
): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-distributions-"));
  try {
    writeLayout(folder, { v1: imageOf(image) });
    const records = known ? [recordBelow(id, scope, name, fixed, { ...more, ...critical })] : [];
    const { ecosystem } = splitEcosystem(scope);
    const coverage = { ecosystem, releases, asOf: "2026-01-01", complete: true };
    return await withDatabase(records, releases.length === 0 ? [] : [coverage], async (advisories) => {
      const named = await openImage(folder, {});
      try {
        const context = { now: new Date("2026-01-02T00:00:00Z"), policy: defaultPolicy, advisories };
        const evaluations = await scanImage(named, context);
        return evaluations
          .filter(({ check }) => check === judgedBy)
          .map(({ verdict, findings }) => [
            verdict,
            ...findings.map(({ matches, evidence }) => `${matches.ids[0]} ${matches.package} ${evidence?.fixed}`),
          ]);
      } finally {
        await named.image.store.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [name, given] of Object.entries(images)) {
  const { release: covered } = splitEcosystem(given.record[1]);

  test(`${name}: the flaw is found, and fails`, async () => {
    assert.deepEqual(await judged(given, [covered], true), [["fail", given.finds]]);
  });

  test(`${name}: no pass without coverage`, async () => {
    assert.deepEqual(await judged(given, [covered], false), [["pass"]]);
    assert.deepEqual(await judged(given, [], false), [["unknown"]]);
    assert.deepEqual(await judged(given, ["another"], false), [["unknown"]]);
    // What was found counts whatever is covered.
    assert.deepEqual(await judged(given, [], true), [["fail", given.finds]]);
  });
}
