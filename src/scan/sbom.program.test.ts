import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { alpine310, apkDatabase, imageOf, npmPackage, openFixture } from "../collect/image/image-files.fixture.ts";
import { isSbomFile } from "../collect/image/sbom-file.ts";
import { defaultPolicy } from "../collect/policy/default.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { Problem } from "../core/problem.ts";
import type { SbomFormat } from "../engines/contents/sbom/sbom.ts";
import { writeSbom } from "../engines/contents/sbom/write.ts";
import type { NamedImage } from "../engines/oci/open.ts";
import { inFolder, recordBelow, withDatabase } from "../engines/vulnerability/database/advisories.fixture.ts";
import type { ScanContext } from "./context.ts";
import { scanImage } from "./image.ts";
import { sbomOfFolder, sbomOfImage } from "./made-sbom.ts";
import { scanSbom } from "./sbom.ts";

const now = new Date("2026-01-02T03:04:05Z");

const records = [
  recordBelow("ALPINE-CVE-2021-1", "Alpine:v3.10", "busybox", "1.31.0-r0"),
  recordBelow("GHSA-1", "npm", "minimist", "1.2.6"),
];
const coverage = [
  { ecosystem: "Alpine", releases: ["v3.10"], asOf: "2026-01-01", complete: true },
  { ecosystem: "npm", asOf: "2026-01-01", complete: true },
];

async function inContext(work: (context: ScanContext, folder: string) => Promise<void>): Promise<void> {
  await withDatabase(records, coverage, (advisories) =>
    inFolder((folder) => work({ now, policy: defaultPolicy, advisories }, folder)),
  );
}

async function shop(...broken: readonly { name: string; content: string }[]): Promise<NamedImage> {
  const image = imageOf(
    [alpine310, apkDatabase({ busybox: "1.30.1-r2", musl: "1.1.22-r3" })],
    [
      npmPackage("minimist", "0.0.8"),
      npmPackage("minimist", "0.0.8", "other"),
      npmPackage("left-pad", "1.3.0"),
      ...broken,
    ],
  );
  const names = { name: "shop/web:1", lineage: "example.com/shop/web", reference: "example.com/shop/web:1" };
  return { image: await openFixture(image), ...names };
}

function writeTo(folder: string, text: string | Buffer, name = "web.json"): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Of an image's files and configuration a bill of materials says nothing. */
const ofImagesAlone = new Set([
  ...["image/file-capabilities", "image/runs-as-root", "image/setuid-files", "image/shell-or-package-manager"],
  ...["image/unsafe-accounts", "image/world-writable", "image/ambiguous-document"],
]);

/** What the user called it aside. */
function unnamed(all: readonly Evaluation[]): unknown[] {
  const evaluations = all.filter(({ check }) => !ofImagesAlone.has(check));
  return evaluations.map((evaluation) => ({ ...evaluation, asset: { ...evaluation.asset, name: "" } }));
}

for (const format of ["cyclonedx", "spdx"] satisfies SbomFormat[]) {
  describe(format, () => {
    test("the bill of materials of an image is judged as the image is, to the last field", async () => {
      await inContext(async (context, folder) => {
        const named = await shop();
        const expected = await scanImage(named, context);
        assert.equal(expected.flatMap(({ findings }) => findings).length, 4);
        const file = writeTo(folder, writeSbom(await sbomOfImage(named, context), format, { toolVersion: "1" }));
        const { evaluations, notes } = scanSbom(file, "sbom:web.json", context);
        assert.deepEqual(unnamed(evaluations), unnamed(expected));
        assert.deepEqual(notes, []);
      });
    });

    test("also what an upper layer removed, and what the image is built on", async () => {
      await inContext(async (context, folder) => {
        const layers = [
          [alpine310, apkDatabase({ busybox: "1.30.1-r2", wget: "1" }), npmPackage("minimist", "0.0.8")],
          [apkDatabase({ busybox: "1.30.1-r2" }), { name: "app/node_modules/.wh.minimist" }],
        ];
        const names = { name: "shop/web:1", lineage: "example.com/shop/web", reference: "example.com/shop/web:1" };
        const named = { image: await openFixture(imageOf(...layers)), ...names };
        const expected = await scanImage(named, context);
        const checks = expected.map(({ check }) => check);
        assert.ok(checks.includes("image/base-not-accepted") && checks.includes("image/removed-packages"));
        const sbom = await sbomOfImage(named, context);
        assert.equal(sbom.inventory.packages.filter(({ removedIn }) => removedIn === 1).length, 2);
        const file = writeTo(folder, writeSbom(sbom, format, { toolVersion: "1" }));
        assert.deepEqual(unnamed(scanSbom(file, "x", context).evaluations), unnamed(expected));
      });
    });

    test("also where something in the image could not be read", async () => {
      await inContext(async (context, folder) => {
        const named = await shop({ name: "app/node_modules/x/package.json", content: "{" });
        const expected = await scanImage(named, context);
        const sbom = await sbomOfImage(named, context);
        assert.equal(sbom.gaps.length, 1);
        const file = writeTo(folder, writeSbom(sbom, format, { toolVersion: "1" }));
        assert.deepEqual(unnamed(scanSbom(file, "x", context).evaluations), unnamed(expected));
      });
    });
  });
}

test("one of a folder, or by another tool, is an asset of its own, its places are files", async () => {
  await inContext(async (context, folder) => {
    writeTo(folder, '{"name":"minimist","version":"0.0.8"}', "package.json");
    const component = { name: "minimist", version: "0.0.8", purl: "pkg:npm/minimist@0.0.8" };
    const foreign = JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", components: [component] });
    const file = writeTo(folder, foreign);
    const [evaluation] = scanSbom(file, "sbom:web.json", context).evaluations;
    assert.equal(evaluation?.asset.kind, "sbom");
    assert.match(evaluation?.asset.id ?? "", /^sha256:/);
    assert.deepEqual([evaluation?.asset.lineage, evaluation?.asset.name], ["web.json", "sbom:web.json"]);
    assert.deepEqual(evaluation?.findings[0]?.locations, [{ kind: "file", path: "/web.json" }]);

    const own = writeTo(
      folder,
      writeSbom(await sbomOfFolder(folder, "dir:app", context), "spdx", { toolVersion: "1" }),
    );
    const { asset, verdict } = scanSbom(own, "x", context).evaluations[0] ?? {};
    assert.deepEqual([asset?.kind, asset?.lineage, verdict === undefined], ["sbom", "dir:app", false]);
  });
});

test("a document that cannot be read is refused by its name", async () => {
  await inContext(async (context, folder) => {
    const refused = [
      [join(folder, "gone"), "sbom.file", "usage"],
      [folder, "sbom.file", "usage"],
      [writeTo(folder, "{}"), "sbom.format", "input"],
    ] as const;
    for (const [file, code, kind] of refused) {
      assert.throws(
        () => scanSbom(file, file, context),
        (error) => error instanceof Problem && error.code === code && error.kind === kind && error.place === file,
      );
    }
  });
});

test("a path is a bill of materials by its file's first bytes; folders and pipes are none", async () => {
  await inFolder((folder) => {
    assert.equal(isSbomFile(writeTo(folder, '{"bomFormat": "CycloneDX"}')), true);
    assert.equal(isSbomFile(writeTo(folder, Buffer.alloc(1_024), "image.tar")), false);
    assert.equal(isSbomFile(folder), false);
    assert.equal(isSbomFile(join(folder, "gone")), false);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    assert.equal(isSbomFile(pipe), false);
  });
});
