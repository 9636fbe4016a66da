/** Alpine 3.10.2 with 165 old npm packages, one of them in two folders: what is found is what the advisories imply, and nothing else. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openScanCache } from "../../src/collect/image/cache.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Case } from "../suite.ts";
import { impliedBy, type NamedVersion, plainApkOrder, semverOrder } from "./naive.ts";
import { type ApkPackage, apkPackagesIn, dockerArchive, npmPackagesIn, readImage } from "./sample-image.ts";
import { findingsIn, type ImagesContext, scan } from "./scan.ts";
import { filesOf } from "./unpack.ts";

interface ExpectedFinding extends NamedVersion {
  readonly id: string;
  readonly package: string;
  readonly aliases: readonly string[];
}

const IMAGE = "images/sample-alpine310-node-vuln.oci.tar";
const EXPECTED = "images/sample-alpine310-node-vuln.expected-npm.json";
const PACKAGES = 165;

/** Published flaws of the image's own packages that anyone can look up. */
const KNOWN_ALPINE: readonly (readonly [id: string, name: string, version: string])[] = [
  ["CVE-2021-36159", "apk-tools", "2.10.4-r2"],
  ["CVE-2019-1547", "libcrypto1.1", "1.1.1c-r0"],
  ["CVE-2019-1549", "libcrypto1.1", "1.1.1c-r0"],
  ["CVE-2019-1563", "libcrypto1.1", "1.1.1c-r0"],
  ["CVE-2019-1547", "libssl1.1", "1.1.1c-r0"],
  ["CVE-2019-1549", "libssl1.1", "1.1.1c-r0"],
  ["CVE-2019-1563", "libssl1.1", "1.1.1c-r0"],
];

export async function* sampleCases(context: ImagesContext): AsyncGenerator<Case> {
  const archive = join(context.data, IMAGE);
  const advisories = join(context.data, "advisories");
  const expected = JSON.parse(readFileSync(join(context.data, EXPECTED), "utf8")) as readonly ExpectedFinding[];
  const files = filesOf(readFileSync(archive), archive);
  const image = readImage(files);
  const evaluations = await scan(archive, context);
  const npm = findingsIn(evaluations, "npm");
  const alpine = findingsIn(evaluations, "Alpine:v3.10");

  for (const { id, package: name, version, aliases } of expected) {
    yield {
      name: `sample: ${name} ${version} has ${id}`,
      run() {
        const groups = npm.filter((finding) => isOf(finding, name, version) && finding.matches.ids.includes(id));
        assert.equal(groups.length, 1, `${groups.length} findings have it`);
        const ids = new Set(groups[0]?.matches.ids);
        const apart = aliases.filter((alias) => !ids.has(alias));
        assert.deepEqual(apart, [], "its aliases are not in the same group");
      },
    };
  }

  yield {
    name: "sample: no npm finding beyond the expected file",
    run() {
      const beyond = npm.filter(
        (finding) =>
          !expected.some(
            ({ id, package: name, version }) => isOf(finding, name, version) && finding.matches.ids.includes(id),
          ),
      );
      assert.deepEqual(beyond.map(subjectOf), []);
    },
  };

  yield {
    name: "sample: one npm finding for each flaw of each package",
    run() {
      const seen = new Set<string>();
      const twice: string[] = [];
      for (const finding of npm) {
        for (const id of finding.matches.ids) {
          const key = `${finding.matches.package} ${finding.matches.version} ${finding.matches.path} ${id}`;
          if (seen.has(key)) twice.push(key);
          seen.add(key);
        }
      }
      assert.deepEqual(twice, []);
    },
  };

  yield {
    name: "sample: the npm findings are those of a naive evaluation with npm's semver",
    run() {
      const installed = npmPackagesIn(image.layers);
      const different = new Set(installed.map(({ name, version }) => `${name} ${version}`));
      assert.equal(different.size, PACKAGES, "npm packages in the image, read naively");
      assert.deepEqual(advisoriesOf(npm), impliedBy(advisories, "npm", installed, semverOrder));
    },
  };

  yield {
    name: "sample: the Alpine findings are those of a naive evaluation",
    run() {
      const installed = apkPackagesIn(image.layers);
      const implied = impliedBy(advisories, "Alpine:v3.10", byAdvisoryName(installed), plainApkOrder);
      const found = new Set<string>();
      for (const finding of alpine) {
        const item = installed.find(({ name }) => name === finding.matches.package);
        assert.ok(item, `${finding.matches.package} is not installed`);
        for (const id of advisoryIds(finding)) {
          const named = [item.name, item.origin].map((name) => `${name} ${item.version} ${id}`);
          const fitting = named.filter((key) => implied.includes(key));
          assert.notEqual(fitting.length, 0, `${subjectOf(finding)}: ${id} is not implied`);
          for (const key of fitting) found.add(key);
        }
      }
      assert.deepEqual([...found].sort(), implied);
    },
  };

  for (const [id, name, version] of KNOWN_ALPINE) {
    yield {
      name: `sample: ${name} ${version} has ${id}`,
      run: () => assert.ok(alpine.some((finding) => isOf(finding, name, version) && finding.matches.ids.includes(id))),
    };
  }

  yield {
    name: "sample: every finding names its layer and the instruction that made it",
    run() {
      const without = [...npm, ...alpine].filter(
        ({ locations: [at] }) => at?.kind !== "image" || at.layer.instruction === undefined,
      );
      assert.deepEqual(without.map(subjectOf), []);
    },
  };

  yield {
    name: "sample: two scans with the same time give the same JSON",
    run: async () => assert.equal(JSON.stringify(await scan(archive, context)), JSON.stringify(evaluations)),
  };

  yield {
    name: "sample: a cold, a warm and no cache give the same JSON",
    async run() {
      const cache = openScanCache(join(context.temporary, "scans.db"));
      assert.ok(cache);
      try {
        for (const cached of [cache, cache]) {
          assert.equal(JSON.stringify(await scan(archive, context, cached)), JSON.stringify(evaluations));
        }
      } finally {
        cache.close();
      }
    },
  };

  yield {
    name: "sample: an unpacked OCI layout has the identity and the findings of the archive",
    async run() {
      const layout = join(context.temporary, "layout");
      for (const [name, bytes] of files) writeAt(join(layout, name), bytes);
      assertSameImage(await scan(`oci:${layout}`, context), evaluations);
    },
  };

  for (const form of ["plain", "compressed"] as const) {
    yield {
      name: `sample: a docker-archive with ${form} layers has the identity and the findings of the OCI archive`,
      async run() {
        const file = join(context.temporary, `${form}.docker.tar`);
        writeAt(file, dockerArchive(image, form));
        assertSameImage(await scan(`docker-archive:${file}`, context), evaluations);
      },
    };
  }
}

function isOf(finding: Finding, name: string, version: string): boolean {
  return finding.matches.package === name && finding.matches.version === version;
}

function subjectOf({ matches }: Finding): string {
  return `${matches.package} ${matches.version} ${matches.ids.join(" ")}`;
}

function advisoryIds(finding: Finding): string[] {
  return finding.evidence.advisories?.split(", ") ?? [];
}

function advisoriesOf(findings: readonly Finding[]): string[] {
  const found = findings.flatMap((finding) =>
    advisoryIds(finding).map((id) => `${finding.matches.package} ${finding.matches.version} ${id}`),
  );
  return [...new Set(found)].sort();
}

/** What a verdict rests on: all but the names that pointed to the image, which differ by design. */
function assertSameImage(actual: readonly Evaluation[], wanted: readonly Evaluation[]): void {
  const essence = (evaluations: readonly Evaluation[]): unknown =>
    evaluations.map(({ asset, scope, verdict, reason, gaps, findings }) => ({
      identity: asset.id,
      scope,
      verdict,
      reason,
      gaps,
      // A fingerprint holds the lineage, and a file's lineage is its own name.
      findings: findings.map(({ fingerprint: _, ...finding }) => finding),
    }));
  assert.deepEqual(essence(actual), essence(wanted));
}

function writeAt(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Advisories stand under the package's own name or its origin's. */
function byAdvisoryName(packages: readonly ApkPackage[]): NamedVersion[] {
  const named = packages.flatMap(({ name, origin, version }) => [
    { name, version },
    { name: origin, version },
  ]);
  return [...new Map(named.map((item) => [`${item.name} ${item.version}`, item])).values()];
}
