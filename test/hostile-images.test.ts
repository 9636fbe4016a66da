/** Images that somebody made to do harm: each ends in *unknown* or *fail* with its reason, none in *pass*. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { alpine310, apkDatabase, imageOf, npmPackage } from "../src/collect/image/image-files.fixture.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import type { Digest } from "../src/core/digest.ts";
import { Problem } from "../src/core/problem.ts";
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
import { type OpenOptions, openImage } from "../src/engines/oci/open.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import type { ScanContext } from "../src/scan/context.ts";
import { scanImage } from "../src/scan/image.ts";
import { bulkhead } from "./bulkhead.ts";
import { importMade, now } from "./made-advisories.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** Two packages without a flaw, in an ecosystem that is covered whole: alone it would pass. */
const harmless: readonly FixtureEntry[] = [alpine310, apkDatabase({ zlib: "1.2.11-r1" }), npmPackage("sound", "1.0.0")];
const harmlessTar = tarOf(harmless);

let folder: string;
let temporary: string;
let database: AdvisoryDatabase;
let context: ScanContext;
let layouts = 0;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-hostile-"));
  for (const name of ["tmp", "home", "cwd", "images"]) mkdirSync(join(folder, name));
  temporary = process.env.TMPDIR ?? "";
  process.env.TMPDIR = join(folder, "tmp");
  database = openAdvisoryDatabase(await importMade(folder));
  context = { now: new Date(now), policy: defaultPolicy, advisories: database };
});
after(() => {
  database.close();
  if (temporary === "") delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  rmSync(folder, { recursive: true });
});

function freshFolder(): string {
  layouts += 1;
  return join(folder, "images", String(layouts));
}

function layoutOf(image: FixtureImage): string {
  const at = freshFolder();
  writeLayout(at, { v1: image });
  return at;
}

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

/** What an image is judged by here: its vulnerabilities, which pass only where all of it was read. */
const judgedBy = "image/known-vulnerabilities";

/** `verdict code` of each scope of the vulnerabilities, sorted; or `refused code` where the image does not open. */
async function judged(reference: string, options: OpenOptions = {}): Promise<string[]> {
  let named: Awaited<ReturnType<typeof openImage>>;
  try {
    named = await openImage(reference, options);
  } catch (error) {
    assert.ok(error instanceof Problem, error instanceof Error ? error.stack : String(error));
    assert.ok(!error.line().includes("\n"));
    return [`refused ${error.code}`];
  }
  try {
    const evaluations = await scanImage(named, context);
    return evaluations
      .filter(({ check }) => check === judgedBy)
      .map(({ verdict, gaps }) => `${verdict} ${gaps[0]?.code ?? ""}`.trim())
      .sort();
  } finally {
    await named.image.store.close();
  }
}

function judgedLayout(image: FixtureImage): Promise<string[]> {
  return judged(layoutOf(image));
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

describe("a registry that", () => {
  const image = imageOf([npmPackage("sound", "1.0.0")]);

  /** Serves the image's blobs; `answer` may take a request first. */
  async function serve(t: TestContext, answer: (path: string) => Buffer | "stall" | undefined): Promise<string> {
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      const taken = answer(path);
      if (taken === "stall") return;
      const digest = path.slice(path.lastIndexOf("/") + 1);
      const bytes = taken ?? image.blobs.get((digest === "v1" ? image.manifest : digest) as Digest);
      const isIndex = bytes?.includes('"manifests"') === true;
      const isManifest = path.includes("/manifests/");
      response.writeHead(path === "/v2/" || bytes !== undefined ? 200 : 404, {
        ...(isManifest ? { "content-type": isIndex ? INDEX : MANIFEST } : {}),
      });
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}/shop/web:v1`;
  }

  const limits = { stallMilliseconds: 100, documentMilliseconds: 1_000, tries: 2, backoffMilliseconds: 1 };
  const options: OpenOptions = { registry: { limits, environment: {}, plainHttp: true } };

  it("does as it should gives a pass", async (t) => {
    assert.deepEqual(await judged(await serve(t, () => undefined), options), ["pass"]);
  });

  it("stalls in a layer leaves unknown, not a hang", async (t) => {
    const reference = await serve(t, (path) =>
      path.includes("/blobs/") && !path.includes(image.config) ? "stall" : undefined,
    );
    const [verdict, ...others] = await judged(reference, options);
    assert.match(verdict ?? "", /^unknown registry\./);
    assert.deepEqual(others, []);
  });

  it("stalls before its first word is refused with a line", async (t) => {
    const [verdict] = await judged(
      await serve(t, (path) => (path.includes("/manifests/") ? "stall" : undefined)),
      options,
    );
    assert.match(verdict ?? "", /^refused registry\./);
  });

  it("sends other bytes than it was asked for is caught by their digest", async (t) => {
    const claimed = sha256(Buffer.from("self"));
    const circle = json({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [{ mediaType: INDEX, digest: claimed, size: 1 }],
    });
    const lying = await serve(t, (path) => (path.includes("/manifests/") ? circle : undefined));
    assert.deepEqual(await judged(lying, options), ["refused oci.digest-mismatch"]);
    const layer = await serve(t, (path) =>
      path.includes("/blobs/") && !path.includes(image.config) ? gzipSync(tarOf([])) : undefined,
    );
    assert.match((await judged(layer, options))[0] ?? "", /^unknown (?:oci|registry)\./);
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
    const run = await bulkhead(
      ["check", root, "--format", "json", "--db", join(folder, "advisories.db"), "--now", now],
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
    const plain = await bulkhead(["check", root, "--db", join(folder, "advisories.db"), "--now", now], {
      cwd: join(folder, "cwd"),
      home: join(folder, "home"),
    });
    assert.ok(!plain.stdout.includes("\u001b"), "no image moves the cursor");
    assert.deepEqual([readdirSync(join(folder, "cwd")), readdirSync(join(folder, "tmp"))], [[], []]);
  });
});
