/** Images that somebody made to do harm: each ends in *unknown* or *fail* with its reason, none in *pass*. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { alpine310, apkDatabase, imageOf, npmPackage } from "../src/collect/image/image-files.fixture.ts";
import type { Digest } from "../src/core/digest.ts";
import {
  type FixtureEntry,
  type FixtureImage,
  fixtureImage,
  json,
  paxEntry,
  sha256,
  tarOf,
  writeLayout,
  writeLayoutParts,
} from "../src/engines/oci/image.fixture.ts";
import { openImage } from "../src/engines/oci/open.ts";
import { scanImage } from "../src/scan/image.ts";
import { INDEX, imageJudge, judgedBy, MANIFEST } from "./image-judge.fixture.ts";
import { inProcess } from "./in-process.ts";
import { now } from "./made-advisories.ts";

const judge = await imageJudge();
const { freshFolder, layoutOf, judged, judgedLayout, context, folder } = judge;
after(judge.close);

/** Two packages without a flaw, in an ecosystem that is covered whole: alone it would pass. */
const harmless: readonly FixtureEntry[] = [alpine310, apkDatabase({ zlib: "1.2.11-r1" }), npmPackage("sound", "1.0.0")];
const harmlessTar = tarOf(harmless);

/** The harmless layer, and over it one of other stored bytes that claims to be `tar`. */
function withLayer(tar: Buffer, stored?: Buffer): FixtureImage {
  return fixtureImage([{ tar: harmlessTar }, { tar, ...(stored === undefined ? {} : { stored }) }]);
}

/** The image with other bytes stored under the digest of its last layer. */
function swapped(image: FixtureImage, change: (bytes: Buffer) => Buffer): FixtureImage {
  const manifest = JSON.parse(String(image.blobs.get(image.manifest))) as { layers: { digest: Digest }[] };
  const digest = manifest.layers.at(-1)?.digest as Digest;
  return { ...image, blobs: new Map([...image.blobs, [digest, change(image.blobs.get(digest) as Buffer)]]) };
}

const added = tarOf([
  npmPackage("added", "1.0.0"),
  { name: "big", content: Buffer.alloc(50_000, "random enough? no") },
]);

describe("a hostile image", () => {
  it("would pass if it were harmless: else these tests would show nothing", async () => {
    assert.deepEqual(await judgedLayout(fixtureImage([{ tar: harmlessTar }])), ["pass", "pass"]);
    assert.deepEqual(await judgedLayout(withLayer(added)), ["pass", "pass"]);
  });

  it("has a truncated layer", async () => {
    const image = withLayer(added);
    assert.deepEqual(await judgedLayout(swapped(image, (bytes) => bytes.subarray(0, -20))), [
      "unknown oci.digest-mismatch",
    ]);
    const cut = gzipSync(added).subarray(0, -20);
    assert.deepEqual(await judgedLayout(withLayer(added, cut)), ["unknown oci.layer"]);
    const inside = added.subarray(0, 20_000);
    assert.deepEqual(await judgedLayout(withLayer(inside)), ["unknown oci.tar"]);
    assert.deepEqual(await judgedLayout(withLayer(inside, inside)), ["unknown oci.tar"]);
  });

  it("has a layer with one bit flipped, wherever that is", async () => {
    const image = withLayer(added);
    const flip = (bytes: Buffer, at: number) => {
      const flipped = Buffer.from(bytes);
      const byte = at % flipped.length;
      flipped[byte] = (flipped[byte] as number) ^ (1 << (at % 8));
      return flipped;
    };
    for (let at = 1; at < 20_000; at += 997) {
      const flipped = swapped(image, (bytes) => flip(bytes, at));
      assert.deepEqual(await judgedLayout(flipped), ["unknown oci.digest-mismatch"], `bit ${at}`);
    }
    // With a digest of its own it is told by its content, which the config's diffID still names.
    for (let at = 1; at < 20_000; at += 997) {
      const [verdict] = await judgedLayout(withLayer(added, flip(gzipSync(added), at)));
      // gzip's own header has bits without a meaning (the time, the system): the content is whole then.
      assert.match(verdict ?? "", /^(?:unknown oci\.(?:layer|diffid-mismatch)|pass)$/, `bit ${at}`);
      if (verdict === "pass") assert.ok(at % gzipSync(added).length < 10);
    }
  });

  it("has wrong digests", async () => {
    const image = withLayer(added);
    const other = sha256(Buffer.from("other"));
    for (const digest of [image.manifest, image.config]) {
      const forged = { ...image, blobs: new Map([...image.blobs, [digest, json({ forged: true })] as const]) };
      assert.deepEqual(await judgedLayout(forged), ["refused oci.digest-mismatch"]);
    }
    const diffIds = [sha256(harmlessTar), other];
    const config = { rootfs: { type: "layers", diff_ids: diffIds } };
    const layers = [{ tar: harmlessTar }, { tar: added }];
    assert.deepEqual(await judgedLayout(fixtureImage(layers, { config })), ["unknown oci.diffid-mismatch"]);
    const missing = { ...image, blobs: new Map([...image.blobs].filter(([digest]) => digest !== image.config)) };
    assert.deepEqual(await judgedLayout(missing), ["refused oci.blob-missing"]);
  });

  it("has a config without history: its layers are read, and say no instruction", async () => {
    const image = fixtureImage([{ tar: tarOf([npmPackage("flawed", "1.0.0")]) }], { history: false });
    const named = await openImage(layoutOf(image));
    const [evaluation] = await scanImage(named, context);
    const [location] = evaluation?.findings[0]?.locations ?? [];
    assert.ok(evaluation?.verdict === "fail" && location?.kind === "image");
    assert.equal(location.layer.instruction, undefined);
  });

  it("has an index that points to itself, or indexes without end", async () => {
    const index = (digest: Digest) => json({ schemaVersion: 2, manifests: [{ mediaType: INDEX, digest, size: 1 }] });
    const claimed = sha256(Buffer.from("self"));
    const at = freshFolder();
    writeLayoutParts(at, [{ mediaType: INDEX, digest: claimed, size: 1 }], [[claimed, index(claimed)]]);
    assert.deepEqual(await judged(at), ["refused oci.digest-mismatch"]);
    const image = imageOf(harmless);
    const chain = [index(image.manifest)];
    for (let depth = 0; depth < 10; depth++) chain.push(index(sha256(chain.at(-1) as Buffer)));
    const outermost = sha256(chain.at(-1) as Buffer);
    const deep = freshFolder();
    writeLayoutParts(
      deep,
      [{ mediaType: INDEX, digest: outermost, size: 1 }],
      [...image.blobs, ...chain.map((bytes) => [sha256(bytes), bytes] as [Digest, Buffer])],
    );
    assert.deepEqual(await judged(deep), ["refused oci.index"]);
  });

  it("has absolute and dotted paths: they end at the image's root", async () => {
    const sound = npmPackage("flawed", "1.0.0");
    for (const name of [
      `/${sound.name}`,
      `../../../../${sound.name}`,
      `x/../../y/../${sound.name}`,
      `./${sound.name}`,
    ]) {
      assert.deepEqual(await judgedLayout(withLayer(tarOf([{ ...sound, name }]))), ["fail", "pass"], name);
    }
  });

  it("has symlinks out of the root: what is behind them is looked for inside", async () => {
    const manifest = npmPackage("flawed", "1.0.0", "srv").name;
    const through = [
      { name: "app2", flag: "2", link: "../../../../../srv" },
      { ...npmPackage("flawed", "1.0.0", "app2") },
    ];
    const named = await openImage(layoutOf(withLayer(tarOf(through))));
    const evaluations = await scanImage(named, context);
    assert.deepEqual(
      evaluations
        .filter(({ check }) => check === judgedBy)
        .flatMap(({ findings }) => findings.map(({ matches }) => matches.path)),
      [manifest],
    );
    // This machine may well have one there; the image then has none.
    const out = [{ name: "lib/apk/db/installed", flag: "2", link: "../../../../../../../../usr/lib/apk/db/installed" }];
    assert.match((await judgedLayout(withLayer(tarOf(out)))).join(), /unknown contents\.no-packages/);
  });

  it("has paths that lead in circles", async () => {
    const loops: (readonly FixtureEntry[])[] = [
      [{ name: "a", flag: "2", link: "b" }, { name: "b", flag: "2", link: "a" }, npmPackage("flawed", "1.0.0", "a")],
      [{ name: "app/node_modules/x/package.json", flag: "1", link: "app/node_modules/x/package.json" }],
      [
        { name: "one", flag: "1", link: "two" },
        { name: "two", flag: "1", link: "one" },
        { name: "app/node_modules/x/package.json", flag: "1", link: "one" },
      ],
    ];
    for (const entries of loops) {
      const verdicts = await judgedLayout(withLayer(tarOf(entries)));
      assert.ok(
        verdicts.some((verdict) => /^unknown oci\.(?:path|link)$/.test(verdict)),
        verdicts.join(", "),
      );
    }
  });

  it("has paths ten thousand folders deep, and longer than any path can be", async () => {
    for (const path of [`${"d/".repeat(10_000)}${npmPackage("flawed", "1.0.0").name}`, "x".repeat(100_000)]) {
      const tar = tarOf([paxEntry({ path }), { ...npmPackage("flawed", "1.0.0"), name: "cut" }]);
      assert.deepEqual(await judgedLayout(withLayer(tar)), ["unknown oci.path", "unknown oci.path"]);
    }
    // One level at a time, each in an entry of its own.
    const steps = Array.from({ length: 900 }, (_, i) => [
      paxEntry({ path: "d/".repeat(i + 1) }),
      { name: "d", flag: "5" },
    ]);
    assert.deepEqual(await judgedLayout(withLayer(tarOf(steps.flat()))), ["unknown oci.path", "unknown oci.path"]);
  });

  it("has broken package databases: each is named, and none passes", async () => {
    const dpkg = "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nArchitecture: amd64\n\n";
    const broken: readonly FixtureEntry[] = [
      { name: "var/lib/dpkg/status", content: `${dpkg}Package: zlib1g\nStatus: install ok` },
      { name: "var/lib/dpkg/status.d/base", content: "\0\0\0\0" },
      { name: "lib/apk/db/installed", content: "P:musl\nV:1.1.22-r3\n\nP:zlib\n" },
      { name: "var/lib/rpm/rpmdb.sqlite", content: "SQLite format 3\0and then nothing" },
      { name: "var/lib/rpm/Packages", content: Buffer.alloc(4096) },
      { name: "app/node_modules/x/package.json", content: '{"name":"x",' },
    ];
    for (const entry of broken) {
      const named = await openImage(layoutOf(imageOf([entry])));
      const evaluations = (await scanImage(named, context)).filter(({ check }) => check === judgedBy);
      assert.ok(evaluations.length > 0, entry.name);
      for (const { verdict } of evaluations) assert.equal(verdict, "unknown", entry.name);
      const reasons = evaluations.flatMap(({ gaps }) => gaps.map(({ reason }) => reason));
      assert.ok(
        reasons.some((reason) => reason.includes(`/${entry.name}`)),
        `${entry.name}: ${reasons.join("; ")}`,
      );
    }
  });

  it("has any bytes at all in a layer, under a digest that fits: a verdict, never a crash", async () => {
    const seed = tarOf([
      ...harmless,
      { name: "l", flag: "2", link: "app" },
      { name: "h", flag: "1", link: "etc/os-release" },
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 512, max: seed.length }),
        async (changes, length) => {
          const bytes = Buffer.from(seed.subarray(0, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const image = fixtureImage([{ tar: bytes, stored: bytes }]);
          const at = layoutOf(image);
          assert.ok((await judged(at)).length > 0);
          rmSync(at, { recursive: true });
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is a layout whose files are symlinks to this machine's", async () => {
    const at = layoutOf(imageOf(harmless));
    rmSync(join(at, "index.json"));
    symlinkSync("/etc/passwd", join(at, "index.json"));
    assert.deepEqual(await judged(at), ["refused oci.layout"]);
  });
});

describe("a folder of hostile images, through the command line", () => {
  it("is judged image by image: each unknown, no crash, nothing left behind", async () => {
    const root = freshFolder();
    mkdirSync(root);
    const image = withLayer(added);
    writeLayout(join(root, "flipped"), { v1: swapped(image, (bytes) => Buffer.alloc(bytes.length, 1)) });
    writeLayout(join(root, "truncated"), { v1: withLayer(added.subarray(0, 20_000)) });
    writeLayoutParts(join(root, "nothing"), [{ mediaType: MANIFEST, digest: image.manifest, size: 1 }], []);
    writeLayoutParts(
      join(root, "control"),
      [
        {
          mediaType: MANIFEST,
          digest: image.manifest,
          size: 1,
          annotations: { "org.opencontainers.image.ref.name": "a\u001b[2J\nb" },
        },
      ],
      [],
    );
    writeFileSync(join(root, "cut.tar"), tarOf([{ name: "manifest.json", content: "[" }]));
    writeFileSync(
      join(root, "cut.tar.gz"),
      gzipSync(tarOf([{ name: "manifest.json", content: "[]" }])).subarray(0, -9),
    );
    const run = await inProcess(
      ["check", root, "--quiet", "--format", "json", "--db", join(folder, "advisories.db"), "--now", now],
      {
        cwd: join(folder, "cwd"),
        home: join(folder, "home"),
      },
    );
    assert.deepEqual([run.code, run.stderr], [3, ""]);
    const report = JSON.parse(run.stdout) as { evaluations: { check: string; verdict: string; reason: string }[] };
    const evaluations = report.evaluations.filter(({ check }) => check === judgedBy);
    assert.equal(evaluations.length, 6);
    for (const { verdict, reason } of evaluations) {
      assert.equal(verdict, "unknown");
      assert.match(reason, /: /);
    }
    const plain = await inProcess(["check", root, "--db", join(folder, "advisories.db"), "--now", now], {
      cwd: join(folder, "cwd"),
      home: join(folder, "home"),
    });
    assert.ok(!plain.stdout.includes("\u001b"), "no image moves the cursor");
    assert.deepEqual([readdirSync(join(folder, "cwd")), readdirSync(join(folder, "tmp"))], [[], []]);
  });
});
