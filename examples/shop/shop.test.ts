import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { buildWeek, hardenedImages } from "./hardened/images.ts";
import { type ShopImage, writeLayout } from "./image.ts";
import { insecureImages } from "./insecure/images.ts";
import { layerTar } from "./tar.ts";

interface OsvRecord {
  readonly id: string;
  readonly summary: string;
  readonly modified: string;
  readonly upstream?: readonly string[];
  readonly affected?: readonly { readonly package: { readonly ecosystem: string; readonly name: string } }[];
  readonly references: readonly { readonly url: string }[];
}

const week = buildWeek(new Date("2026-11-24T12:00:00Z"), undefined);

const advisories = readFileSync(join(import.meta.dirname, "advisories", "shop.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as OsvRecord);

function written(image: ShopImage) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-shop-"));
  const digest = writeLayout(image, join(folder, image.name));
  const blob = (of: string) => readFileSync(join(folder, image.name, "blobs", "sha256", of.replace("sha256:", "")));
  return { folder, digest, blob, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test("each image is a whole layout whose digests hold", () => {
  for (const image of [...insecureImages, ...hardenedImages(week)]) {
    using layout = written(image);
    const manifest = JSON.parse(layout.blob(layout.digest).toString());
    const config = JSON.parse(layout.blob(manifest.config.digest).toString());
    const sha256 = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
    assert.equal(sha256(layout.blob(layout.digest)), layout.digest);
    const diffIds = manifest.layers.map((layer: { digest: string; size: number }) => {
      const stored = layout.blob(layer.digest);
      assert.equal(sha256(stored), layer.digest);
      assert.equal(stored.length, layer.size);
      return sha256(gunzipSync(stored));
    });
    assert.deepEqual(config.rootfs.diff_ids, diffIds);
    assert.equal(
      config.history.filter((step: { empty_layer?: true }) => step.empty_layer !== true).length,
      diffIds.length,
    );
    assert.deepEqual(readdirSync(join(layout.folder, image.name)).sort(), ["blobs", "index.json", "oci-layout"]);
  }
});

test("two runs give the same digest, and web and worker share their first layer", () => {
  const [web, , worker] = insecureImages as [ShopImage, ShopImage, ShopImage];
  using first = written(web);
  using second = written(web);
  using other = written(worker);
  assert.equal(first.digest, second.digest);
  const lowest = (layout: ReturnType<typeof written>) =>
    JSON.parse(layout.blob(layout.digest).toString()).layers[0].digest;
  assert.equal(lowest(first), lowest(other));
});

test("the hardened images are of the week's Monday, which SOURCE_DATE_EPOCH may name", () => {
  assert.equal(week.toISOString(), "2026-11-23T00:00:00.000Z");
  const sunday = new Date("2026-11-29T23:59:59Z");
  assert.deepEqual(buildWeek(sunday, undefined), week);
  assert.deepEqual(buildWeek(new Date("2026-11-23T00:00:00Z"), ""), week);
  assert.equal(buildWeek(sunday, String(Date.UTC(2026, 0, 1) / 1000)).toISOString(), "2025-12-29T00:00:00.000Z");
  const [first] = hardenedImages(week) as [ShopImage];
  const [again] = hardenedImages(buildWeek(sunday, undefined)) as [ShopImage];
  using one = written(first);
  using other = written(again);
  assert.equal(one.digest, other.digest);
});

/** Keyword and shell text of each instruction of the last stage, behind its FROM. */
function instructionsOf(shop: string, name: string): string[] {
  const text = readFileSync(join(import.meta.dirname, shop, name, "Dockerfile"), "utf8");
  const lines = text
    .replaceAll("\\\n", "")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const from = lines.findLastIndex((line) => line.startsWith("FROM"));
  return lines.slice(from + 1).map((line) => stepText(line.replace(/ +/g, " ")));
}

/** Of RUN all is told, of the others the keyword: each builder writes the rest in its own way. */
function stepText(instruction: string): string {
  return instruction.startsWith("RUN ") ? instruction : (instruction.split(" ")[0] ?? "");
}

/** As the classic builder and BuildKit write their history. */
function historyOf({ steps }: ShopImage, base: number): string[] {
  return steps.slice(base).map(({ createdBy }) => {
    const shell = createdBy.replace(/^\|1 \S+ /, "").replace(/ # buildkit$/, "");
    const other = /^\/bin\/sh -c #\(nop\) +(.*)$/.exec(shell)?.[1];
    if (other !== undefined) return stepText(other);
    return stepText(shell.replace(/^(?:RUN )?\/bin\/sh -c /, "RUN "));
  });
}

test("each image's history is what its Dockerfile builds", () => {
  for (const image of insecureImages) {
    assert.deepEqual(historyOf(image, 2), instructionsOf("insecure", image.name), image.name);
  }
  for (const image of hardenedImages(week)) {
    assert.deepEqual(historyOf(image, 1), instructionsOf("hardened", image.name), image.name);
  }
});

test("a removed path becomes a whiteout beside it", () => {
  const tar = layerTar([{ path: "app/node_modules/growl", removed: true }], 0).toString("latin1");
  assert.match(tar, /app\/node_modules\/\.wh\.growl\0/);
});

test("a path that the writer cannot hold is refused, not cut", () => {
  assert.throws(() => layerTar([{ path: "x".repeat(101), text: "" }], 0), /longer than the 100 bytes/);
});

test("every advisory has its own id, a source page, a short summary, and concerns a package of the shop", () => {
  const packages = new Set<string>();
  const ecosystems = [
    ["Alpine:v3.10", /^o:(\S+)/gm],
    ["Debian:11", /^(?:Package|Source): (\S+)/gm],
    ["npm", /"name": "([^"]+)"/g],
  ] as const;
  for (const { text } of insecureImages
    .flatMap(({ steps }) => steps.flatMap(({ layer }) => layer ?? []))
    .filter((entry) => "text" in entry)) {
    for (const [ecosystem, name] of ecosystems) {
      for (const match of text.matchAll(name)) packages.add(`${ecosystem} ${match[1]}`);
    }
  }
  const explained = new Set(advisories.flatMap(({ upstream }) => upstream ?? []));
  assert.equal(new Set(advisories.map(({ id }) => id)).size, advisories.length);
  for (const { id, summary, affected, references } of advisories) {
    assert.ok(summary.length > 10 && summary.length < 130, id);
    assert.ok(
      references.some(({ url }) => url.startsWith("https://") && url.endsWith(id.replace("ALPINE-", ""))),
      id,
    );
    if (affected === undefined) {
      assert.ok(explained.has(id), `${id} rates nothing`);
    } else {
      const concerned = affected.map(({ package: { ecosystem, name } }) => `${ecosystem} ${name}`);
      assert.ok(
        concerned.some((each) => packages.has(each)),
        `${id}: ${concerned.join(", ")}`,
      );
    }
  }
});
