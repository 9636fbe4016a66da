/**
 * Images of distributions that OSV keeps nothing of, or less than their vendors: made here, with facts of real advisories
 * and signed repositories on the loopback. What is found, what is pending, and what is unknown without coverage.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { type FixtureComponent, redHatVex } from "../../src/engines/vulnerability/vendors/csaf.fixture.ts";
import type { FixtureUpdate } from "../../src/engines/vulnerability/vendors/updateinfo.fixture.ts";
import { inProcess } from "../in-process.ts";
import { checkUpdate, dnfIsHere, type FixtureRpm, missingRpmProgram, rpmSite } from "./rpm.fixture.ts";

type Site = Awaited<ReturnType<typeof rpmSite>>;

interface Case {
  readonly image: string;
  readonly osRelease: string;
  readonly installed: readonly FixtureRpm[];
  /** Repository → what it offers, and its advisories. */
  readonly repositories: Readonly<
    Record<string, readonly [offers: readonly string[], updates?: readonly FixtureUpdate[]]>
  >;
  /** Repository → the ecosystem and release that it is imported as. */
  readonly imported: Readonly<Record<string, string>>;
  /** Documents beside them, by file name. */
  readonly documents?: Readonly<Record<string, unknown>>;
  /** `flaw package severity fix` */
  readonly flaws: readonly string[];
  readonly pending: readonly string[];
  /** Codes of gaps of the advisories where all of that is imported; absent: none, so that what is mended passes. */
  readonly gaps?: readonly string[];
  /** With this in place of what is installed nothing is found. */
  readonly mended: readonly FixtureRpm[];
}

/** What is covered as of long ago is unknown. */
const TODAY = readClock().toISOString().slice(0, 10);

const rpms = (...builds: readonly string[]): FixtureRpm[] => builds.map((build) => ({ build }));

const GLIB: Omit<FixtureUpdate, "id"> = {
  severity: "Moderate",
  cves: ["CVE-2024-34397"],
  builds: ["glib2-2.68.4-14.el9_4.1.x86_64"],
};
const VEX: FixtureComponent[] = [
  {
    ...{ cpe: "cpe:/o:redhat:enterprise_linux:9::baseos", status: "fixed", severity: "Moderate" },
    build: "glib2-2.68.4-14.el9_4.1.x86_64",
  } as const,
];
const GCC: FixtureComponent[] = [
  {
    cpe: "cpe:/o:redhat:enterprise_linux:9",
    name: "gcc",
    status: "known_affected",
    severity: "Low",
    state: "Fix deferred",
  },
];

const cases: readonly Case[] = [
  {
    image: "ubi9",
    osRelease: 'ID="rhel"\nVERSION_ID="9.4"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n',
    installed: [...rpms("glib2-2.68.4-14.el9.x86_64"), { build: "libgcc-11.4.1-3.el9.x86_64", source: "gcc" }],
    repositories: {
      "ubi-9-baseos-rpms": [
        ["glib2-2.68.4-14.el9_4.1.x86_64", "libgcc-11.4.1-3.el9.x86_64"],
        [{ id: "RHSA-2024:6464", ...GLIB }],
      ],
    },
    imported: {},
    documents: {
      "cve-2024-34397.json": redHatVex({ cve: "CVE-2024-34397", title: "glib2: signals", components: VEX }),
      "cve-2022-27943.json": redHatVex({ cve: "CVE-2022-27943", title: "binutils: stack exhaustion", components: GCC }),
      "coverage.json": {
        sources: [
          {
            ...{ file: "*.json", ecosystem: "Red Hat", asOf: TODAY, complete: true },
            releases: ["enterprise_linux:9", "enterprise_linux:9::baseos", "enterprise_linux:9::appstream"],
          },
        ],
      },
    },
    flaws: ["CVE-2022-27943 libgcc low -", "CVE-2024-34397 glib2 medium 2.68.4-14.el9_4.1"],
    pending: ["glib2.x86_64 2.68.4-14.el9_4.1 ubi-9-baseos-rpms"],
    mended: [...rpms("glib2-2.68.4-14.el9_4.1.x86_64")],
  },
  {
    image: "amazonlinux:2023",
    osRelease: 'ID="amzn"\nVERSION_ID="2023"\n',
    installed: rpms("libcurl-minimal-8.2.1-1.amzn2023.0.1.x86_64"),
    repositories: {
      amazonlinux: [
        ["libcurl-minimal-8.3.0-1.amzn2023.0.2.x86_64"],
        [
          {
            ...{ id: "ALAS2023-2023-377", severity: "Important", collection: "Amazon Linux 2023" },
            cves: ["CVE-2023-38545"],
            builds: ["libcurl-minimal-8.3.0-1.amzn2023.0.2.x86_64"],
          },
        ],
      ],
    },
    imported: { amazonlinux: "" },
    flaws: ["CVE-2023-38545 libcurl-minimal high 8.3.0-1.amzn2023.0.2"],
    pending: ["libcurl-minimal.x86_64 8.3.0-1.amzn2023.0.2 amazonlinux"],
    mended: rpms("libcurl-minimal-8.3.0-1.amzn2023.0.2.x86_64"),
  },
  {
    image: "oraclelinux:9",
    osRelease: 'ID="ol"\nVERSION_ID="9.4"\n',
    installed: rpms("glib2-2.68.4-14.el9.x86_64"),
    repositories: {
      ol9_baseos_latest: [["glib2-2.68.4-14.el9_4.1.x86_64"], [{ id: "ELSA-2024-6464", ...GLIB }]],
      // Without one flaw of its own it would cover nothing.
      ol9_appstream: [
        [],
        [
          { ...GLIB, id: "ELBA-1", type: "bugfix", cves: [] },
          { ...GLIB, id: "ELSA-1", builds: ["not-installed-2-1.el9.x86_64"] },
        ],
      ],
    },
    imported: { ol9_baseos_latest: "Oracle Linux:9::baseos", ol9_appstream: "Oracle Linux:9::appstream" },
    flaws: ["CVE-2024-34397 glib2 medium 2.68.4-14.el9_4.1"],
    pending: ["glib2.x86_64 2.68.4-14.el9_4.1 ol9_baseos_latest"],
    mended: rpms("glib2-2.68.4-14.el9_4.1.x86_64"),
  },
  {
    image: "fedora:40",
    osRelease: 'ID="fedora"\nVERSION_ID="40"\n',
    installed: rpms("xz-libs-5.6.0-2.fc40.x86_64"),
    repositories: {
      updates: [
        ["xz-libs-1:5.4.6-3.fc40.x86_64"],
        [
          {
            ...{ id: "FEDORA-2024-d02c7bb266", severity: "Critical", release: "Fedora 40" },
            reports: ["CVE-2024-3094 xz: malicious code in distributed source"],
            builds: ["xz-libs-1:5.4.6-3.fc40.x86_64"],
          },
        ],
      ],
    },
    imported: { updates: "" },
    flaws: ["CVE-2024-3094 xz-libs critical 1:5.4.6-3.fc40"],
    pending: ["xz-libs.x86_64 1:5.4.6-3.fc40 updates"],
    // What a later update replaced is no longer in Fedora's repository.
    gaps: ["advisories.incomplete"],
    mended: rpms("xz-libs-1:5.4.6-3.fc40.x86_64"),
  },
  {
    image: "photon:1.0",
    osRelease: 'ID="photon"\nVERSION_ID="1.0"\n',
    installed: rpms("apache-ant-1.10.8-1.ph1.noarch"),
    repositories: { photon: [["apache-ant-1.10.8-2.ph1.noarch"]] },
    imported: {},
    documents: {
      "cve_data_photon1.0.json": [
        { cve_id: "CVE-2020-11979", pkg: "apache-ant", cve_score: 7.5, aff_ver: "", res_ver: "1.10.8-2.ph1" },
      ],
      "coverage.json": {
        sources: [{ file: "*.json", ecosystem: "Photon OS", releases: ["1.0"], asOf: TODAY, complete: true }],
      },
    },
    flaws: ["CVE-2020-11979 apache-ant high 1.10.8-2.ph1"],
    pending: ["apache-ant.noarch 1.10.8-2.ph1 photon"],
    mended: rpms("apache-ant-1.10.8-2.ph1.noarch"),
  },
  {
    image: "SLES 15 SP5",
    osRelease: 'ID="sles"\nVERSION_ID="15.5"\n',
    installed: [{ build: "libcurl4-8.0.1-150400.5.26.1.x86_64", source: "curl" }],
    repositories: {
      "SLE-Module-Basesystem15-SP5-Updates": [
        ["libcurl4-8.0.1-150400.5.32.1.x86_64"],
        [
          {
            ...{ id: "SUSE-2023-4044", severity: "important", cves: ["CVE-2023-38545"] },
            release: "SUSE Linux Enterprise Module for Basesystem 15 SP5",
            builds: ["libcurl4-8.0.1-150400.5.32.1.x86_64"],
          },
        ],
      ],
    },
    imported: { "SLE-Module-Basesystem15-SP5-Updates": "" },
    documents: {
      "SUSE-SU-2023:4044-1.json": {
        ...{ id: "SUSE-SU-2023:4044-1", modified: "2023-10-11T00:00:00Z", upstream: ["CVE-2023-38545"] },
        affected: [
          {
            package: { ecosystem: "SUSE:Linux Enterprise Module for Basesystem 15 SP5", name: "curl" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "8.0.1-150400.5.32.1" }] }],
          },
        ],
      },
      "coverage.json": {
        sources: [
          {
            ...{ file: "*.json", ecosystem: "SUSE", asOf: TODAY, complete: true },
            releases: ["Linux Enterprise Module for Basesystem 15 SP5"],
          },
        ],
      },
    },
    // OSV's record has no severity: updateinfo's counts, and the flaw is one.
    flaws: ["CVE-2023-38545 libcurl4 high 8.0.1-150400.5.32.1"],
    pending: ["libcurl4.x86_64 8.0.1-150400.5.32.1 SLE-Module-Basesystem15-SP5-Updates"],
    mended: [{ build: "libcurl4-8.0.1-150400.5.32.1.x86_64", source: "curl" }],
  },
];

async function scan(made: Site, ...words: readonly string[]): Promise<readonly Evaluation[]> {
  const { stdout, stderr, code } = await inProcess(
    ["image", "scan", `dir:${made.root}`, "--format", "json", "--no-cache", ...words],
    { cwd: made.folder, home: made.folder },
  );
  assert.ok(code === 0 || code === 1 || code === 3, stderr);
  return (JSON.parse(stdout) as { evaluations: Evaluation[] }).evaluations;
}

function ofAdvisories(evaluations: readonly Evaluation[]): Evaluation {
  const found = evaluations.filter(({ check }) => check === "image/known-vulnerabilities");
  assert.equal(found.length, 1, found.map(({ reason }) => reason).join());
  return found[0] as Evaluation;
}

/** Imports what a case has into the database of the site's home. */
async function importAll(made: Site, { imported, documents }: Case): Promise<string> {
  const words: string[] = [];
  for (const [id, ecosystem] of Object.entries(imported)) {
    const path = join("repositories", id);
    words.push(ecosystem === "" ? path : `${ecosystem}=${path}`);
  }
  if (words.length > 0) {
    writeFileSync(join(made.folder, "vendor.asc"), made.vendorKey);
    words.push("--keyring", "vendor.asc");
  }
  if (documents !== undefined) {
    mkdirSync(join(made.folder, "feed"), { recursive: true });
    for (const [name, document] of Object.entries(documents)) {
      writeFileSync(join(made.folder, "feed", name), JSON.stringify(document));
    }
    words.push("feed");
  }
  const { code, stdout, stderr } = await inProcess(["db", "import", "--quiet", ...words], {
    ...{ cwd: made.folder, home: made.folder },
  });
  assert.equal(code, 0, stderr);
  return stdout;
}

const skip = missingRpmProgram === undefined ? false : `${missingRpmProgram} is not installed`;

describe("distributions by their vendors' own advisories", { skip }, () => {
  for (const each of cases) {
    test(each.image, async (context) => {
      await using made = await rpmSite();
      for (const [id, [offers, updates]] of Object.entries(each.repositories)) {
        made.publishRpm({ id, packages: rpms(...offers), ...(updates === undefined ? {} : { updates }) });
      }
      const isOne = (id: string): readonly [string] => [id];
      made.install(each.installed, each.osRelease);
      const list = made.enable(...Object.keys(each.repositories).map(isOne));
      writeFileSync(join(made.folder, "vendor.asc"), made.vendorKey);

      const said = await importAll(made, each);
      if (Object.keys(each.imported).length > 0) assert.match(said, /repomd\.xml signed by [0-9a-f]{40}/);
      const words = ["--updates", "--repositories", list, "--keyring", "vendor.asc"];
      const found = await scan(made, ...words);
      const advisories = ofAdvisories(found);
      assert.deepEqual(
        advisories.findings
          .map(({ subject, severity, evidence, fix }) =>
            [
              subject.split(" ")[0],
              evidence.package?.split(" ")[0],
              severity,
              fix?.kind === "upgrade" ? fix.version : "-",
            ].join(" "),
          )
          .sort(),
        each.flaws,
      );
      const pending = found.find(({ check }) => check === "image/pending-updates");
      const listed = (pending?.findings ?? [])
        .map(({ subject, evidence }) => `${subject.replace(":", ".")} ${evidence.available} ${evidence.suite}`)
        .sort();
      assert.deepEqual(listed, each.pending, JSON.stringify(pending?.gaps));
      if (dnfIsHere(context)) assert.deepEqual(listed, checkUpdate(await made.dnf("check-update")));

      // Mended it passes only where everything is covered.
      made.install(each.mended, each.osRelease);
      made.enable(...Object.keys(each.repositories).map(isOne));
      const after = ofAdvisories(await scan(made));
      assert.deepEqual(after.findings, []);
      assert.deepEqual(
        [after.verdict, (after.gaps ?? []).map(({ code }) => code)],
        each.gaps === undefined ? ["pass", []] : ["unknown", each.gaps],
      );
      // That nothing newer is anywhere is what advisories of the newest builds alone leave open.
      const newest = ofAdvisories(await scan(made, ...words));
      assert.deepEqual([newest.verdict, newest.gaps ?? []], ["pass", []]);
    });
  }

  test("archlinux", async () => {
    await using made = await rpmSite();
    const desc = (version: string) =>
      `%NAME%\nxz\n\n%VERSION%\n${version}\n\n%BASE%\nxz\n\n%ARCH%\nx86_64\n\n%LICENSE%\n0BSD\n`;
    made.write("etc/os-release", "ID=arch\nPRETTY_NAME=Arch Linux\n");
    made.write("var/lib/pacman/local/ALPM_DB_VERSION", "9\n");
    made.write("var/lib/pacman/local/xz-5.6.1-1/desc", desc("5.6.1-1"));
    assert.notEqual(ofAdvisories(await scan(made)).verdict, "pass");
    const documents = {
      "all.json": [
        {
          ...{
            name: "AVG-2851",
            packages: ["xz"],
            status: "Fixed",
            severity: "Critical",
            type: "arbitrary code execution",
          },
          ...{ affected: "5.6.0-1", fixed: "5.6.1-2", issues: ["CVE-2024-3094"], advisories: ["ASA-202403-1"] },
        },
      ],
      "coverage.json": { sources: [{ file: "*.json", ecosystem: "Arch Linux", asOf: TODAY, complete: true }] },
    };
    await importAll(made, { imported: {}, documents } as unknown as Case);
    const found = ofAdvisories(await scan(made));
    assert.deepEqual(
      found.findings.map(({ subject, severity }) => `${subject.split(" ")[0]} ${severity}`),
      ["CVE-2024-3094 critical"],
    );
    made.write("var/lib/pacman/local/xz-5.6.1-1/desc", desc("5.6.1-2"));
    assert.equal(ofAdvisories(await scan(made)).verdict, "pass");
  });
});
