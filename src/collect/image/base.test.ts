import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation } from "../../core/evaluation.ts";
import { Problem } from "../../core/problem.ts";
import { formatScope } from "../../core/scope.ts";
import { chainIds } from "../../engines/contents/base/chain.ts";
import { knownBases } from "../../engines/contents/base/known.ts";
import type { KnownBase } from "../../engines/contents/base/model.ts";
import type { FixtureEntry } from "../../engines/oci/image.fixture.ts";
import { recordBelow, withDatabase } from "../../engines/vulnerability/database/advisories.fixture.ts";
import type { ScanContext } from "../../scan/context.ts";
import { scanImage } from "../../scan/image.ts";
import { defaultPolicy } from "../policy/default.ts";
import {
  alpine310,
  apkDatabase,
  debian13,
  dpkgStatus,
  imageOf,
  npmPackage,
  openFixture,
} from "./image-files.fixture.ts";

const now = new Date("2026-01-02T00:00:00Z");
const none = new Problem({ kind: "unavailable", code: "database.missing", place: "here", cause: "there is none" });
const records = [
  recordBelow("ALPINE-1", "Alpine:v3.10", "busybox", "2"),
  recordBelow("ALPINE-2", "Alpine:v3.10", "curl", "2"),
  recordBelow("GHSA-1", "npm", "a", "2.0.0"),
];
const coverage = [
  { ecosystem: "Alpine", releases: ["v3.10"], asOf: "2026-01-01", complete: true },
  { ecosystem: "npm", asOf: "2026-01-01", complete: true },
];

type Layers = readonly (readonly FixtureEntry[])[];

async function judged(layers: Layers, more: Partial<ScanContext> = {}): Promise<Evaluation[]> {
  const names = { name: "web", lineage: "shop/web", reference: "shop/web:1" };
  const image = await openFixture(imageOf(...layers));
  return await withDatabase(records, coverage, (advisories) =>
    scanImage({ image, ...names }, { now, policy: defaultPolicy, advisories, ...more }),
  );
}

async function of(check: string, ...args: Parameters<typeof judged>): Promise<Evaluation[]> {
  return (await judged(...args)).filter((evaluation) => evaluation.check === check);
}

const alpine: Layers = [
  [alpine310, apkDatabase({ busybox: "1", "apk-tools": "1" })],
  [apkDatabase({ busybox: "1", "apk-tools": "1", curl: "1" }), npmPackage("a", "1.0.0")],
];

test("an accepted base passes, a full one fails, one that nothing tells is unknown", async () => {
  const verdict = async (layers: Layers) => (await of("image/base-not-accepted", layers))[0]?.verdict;
  assert.equal(await verdict(alpine), "pass");
  assert.equal(await verdict([[debian13, dpkgStatus({ bash: "1", apt: "1" })]]), "fail");
  const slim = { name: "etc/dpkg/dpkg.cfg.d/docker", content: "path-exclude /usr/share/doc/*\n" };
  assert.equal(await verdict([[debian13, dpkgStatus({ bash: "1", apt: "1" }), slim]]), "pass");
  assert.equal(await verdict([[{ name: "usr/bin/pacman", content: "elf" }]]), "unknown");
});

test("a database that cannot be read makes the base unknown, another broken file does not", async () => {
  const broken = { name: "lib/apk/db/installed", content: "P:busybox\nV:1\n\nno field\n\n" };
  const [unread] = await of("image/base-not-accepted", [[alpine310, broken]]);
  assert.equal(unread?.verdict, "unknown");
  const manifest = { name: "app/node_modules/a/package.json", content: "{" };
  assert.equal((await of("image/base-not-accepted", [...alpine, [manifest]]))[0]?.verdict, "pass");
});

test("findings and packages are set apart, and say from where they are", async () => {
  const [os, npm] = await of("image/known-vulnerabilities", alpine);
  assert.equal(os?.evidence.base, "2 packages, 1 vulnerability");
  assert.equal(os?.evidence.application, "1 package, 1 vulnerability");
  assert.deepEqual(
    os?.findings.map(({ matches, origin, priority }) => [matches.package, origin, priority?.reasons]),
    [
      ["busybox", "base", ["from the base image", "fix available"]],
      ["curl", "application", ["from the application", "fix available"]],
    ],
  );
  assert.deepEqual(
    [npm?.evidence.base, npm?.evidence.application],
    ["0 packages, 0 vulnerabilities", "1 package, 1 vulnerability"],
  );
});

test("a base that was learnt decides where it ends, and what kind it is", async () => {
  const { config } = await openFixture(imageOf(...alpine));
  const chainId = chainIds(config.diffIds)[1];
  assert.ok(chainId !== undefined);
  const known: KnownBase = { name: "shop/base:1", chainId, layers: 2, kind: "full" };
  const bases = knownBases([known]);
  const [base] = await of("image/base-not-accepted", alpine, { bases });
  assert.deepEqual([base?.verdict, base?.evidence.base], ["fail", "shop/base:1"]);
  const [os] = await of("image/known-vulnerabilities", alpine, { bases });
  assert.equal(os?.evidence.application, "0 packages, 0 vulnerabilities");
});

test("removed packages are told apart: not matched with the others, counted, and low", async () => {
  const layers = [...alpine, [apkDatabase({ busybox: "1", "apk-tools": "1" }), { name: "app/node_modules/.wh.a" }]];
  const evaluations = await judged(layers);
  const scopes = evaluations.filter(({ check }) => check === "image/known-vulnerabilities");
  assert.deepEqual(
    scopes.map(({ scope, findings, evidence }) => [
      scope && formatScope(scope),
      findings.length,
      evidence["removed packages"],
    ]),
    [["Alpine:v3.10", 1, "1"]],
  );
  const [removed] = evaluations.filter(({ check }) => check === "image/removed-packages");
  assert.equal(removed?.verdict, "pass");
  assert.deepEqual(
    removed?.findings.map(({ title, evidence }) => [title, evidence["known vulnerabilities"]]),
    [
      ["1 removed apk package remains: curl 1", "1"],
      ["1 removed npm package remains: a 1.0.0", "1"],
    ],
  );
});

test("without advisories the removed packages are named all the same; where nothing was removed nothing is said", async () => {
  const layers = [...alpine, [{ name: "app/.wh.node_modules" }]];
  const [removed] = await of("image/removed-packages", layers, { advisories: none });
  assert.deepEqual(
    removed?.findings.map(({ evidence }) => evidence),
    [{ packages: "1", "removed in": "layer 3" }],
  );
  assert.deepEqual(await of("image/removed-packages", alpine), []);
});
