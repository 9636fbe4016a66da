import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";
import { parseImageConfig, parseIndexOrManifest, verifyDocument } from "./document.ts";
import { fixtureImage, json, sha256, tarOf } from "./image.fixture.ts";

const image = fixtureImage([{ tar: tarOf([{ name: "a" }]) }], {
  config: {
    created: "2026-01-01T00:00:00Z",
    config: {
      User: "app",
      Env: ["A=b"],
      Entrypoint: ["/app"],
      Cmd: ["serve"],
      Labels: { a: "b" },
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/data": {} },
      WorkingDir: "/srv",
    },
  },
  manifest: { annotations: { a: "b" } },
});
const manifestBytes = image.blobs.get(image.manifest) as Buffer;
const configBytes = image.blobs.get(image.config) as Buffer;
const indexBytes = json({
  schemaVersion: 2,
  manifests: [
    { mediaType: "m", digest: image.manifest, size: 1, platform: { os: "linux", architecture: "arm", variant: "v7" } },
  ],
});

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.kind, "input");
    assert.match(error.place, /^here/);
    return error;
  }
  throw new Error("it was accepted");
}

test("reads what a manifest, an index and a config say", () => {
  const manifest = parseIndexOrManifest(manifestBytes, "here");
  assert.ok(manifest.kind === "manifest");
  assert.deepEqual(
    [manifest.config.digest, manifest.layers.length, manifest.annotations],
    [image.config, 1, { a: "b" }],
  );
  const index = parseIndexOrManifest(indexBytes, "here");
  assert.ok(index.kind === "index");
  assert.deepEqual(index.manifests[0]?.platform, { os: "linux", architecture: "arm", variant: "v7" });
  const config = parseImageConfig(configBytes, "here");
  assert.deepEqual(config, {
    platform: { os: "linux", architecture: "amd64" },
    created: "2026-01-01T00:00:00Z",
    user: "app",
    env: ["A=b"],
    entrypoint: ["/app"],
    cmd: ["serve"],
    labels: { a: "b" },
    exposedPorts: ["80/tcp"],
    volumes: ["/data"],
    workingDir: "/srv",
    diffIds: image.diffIds,
    history: [{ createdBy: "layer 0", emptyLayer: false }],
  });
});

test("what a config leaves out has its default, and what is of another type counts as left out", () => {
  const odd = [
    {},
    { config: null, history: null },
    { config: [], history: "x" },
    { config: { Env: "A", User: 1, Labels: [] } },
  ];
  for (const changes of odd) {
    const config = parseImageConfig(json({ rootfs: { diff_ids: [] }, ...changes }), "here");
    assert.deepEqual([config.user, config.env, config.labels, config.history], ["", [], {}, []]);
  }
});

test("what is over a bound, ambiguous or of another kind is refused with its place", () => {
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ mediaType: "", digest: image.config, size: 1 }));
  const documents = [
    Buffer.from("no JSON"),
    json([]),
    json(null),
    json({}),
    json({ schemaVersion: 1 }),
    json({ manifests: [], layers: [] }),
    json({ manifests: many(bounds.indexEntries + 1) }),
    json({ layers: many(bounds.layers + 1), config: many(1)[0] }),
    json({ layers: [] }),
    json({ layers: [], config: { digest: image.config, size: -1 } }),
    json({ layers: [], config: { digest: image.config, size: 1.5 } }),
    json({ layers: [{ digest: "md5:0", size: 1 }], config: many(1)[0] }),
  ];
  for (const document of documents) {
    assert.equal(refusal(() => parseIndexOrManifest(document, "here")).code, "oci.document");
  }
  const diffIds = Array.from({ length: bounds.layers + 1 }, () => image.config);
  assert.match(refusal(() => parseImageConfig(json({ rootfs: { diff_ids: diffIds } }), "here")).message, /layers/);
});

test("nested far too deep, it is a Problem or a value, never a crash", () => {
  const deep = Buffer.from(`{"layers":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`);
  refusal(() => parseIndexOrManifest(deep, "here"));
});

test("keys that JavaScript gives a meaning are keys", () => {
  const config = parseImageConfig(
    Buffer.from(
      '{"rootfs":{"diff_ids":[]},"config":{"Labels":{"__proto__":"a","constructor":"b"}},"__proto__":{"os":"x"}}',
    ),
    "here",
  );
  assert.equal(config.platform.os, "");
  assert.equal(config.labels.constructor, "b");
  assert.equal(Object.hasOwn(config.labels, "__proto__"), true);
});

test("a document with the wrong digest is told with both", () => {
  verifyDocument(configBytes, image.config, "here");
  const problem = refusal(() => verifyDocument(manifestBytes, image.config, "here"));
  assert.equal(problem.code, "oci.digest-mismatch");
  assert.ok(problem.message.includes(image.config) && problem.message.includes(sha256(manifestBytes)));
});

/** Any JSON, in the places where a document has something. */
const anything = fc.jsonValue({ maxDepth: 2 });

test("documents with anything anywhere end in facts or a Problem", () => {
  const descriptor = fc.oneof(
    anything,
    fc.record(
      {
        mediaType: anything,
        digest: fc.constantFrom<unknown>(image.config, "sha256:0", 1),
        size: fc.constantFrom<unknown>(1, -1, "1"),
        platform: anything,
        annotations: anything,
      },
      { requiredKeys: [] },
    ),
  );
  const document = fc.record(
    {
      schemaVersion: anything,
      mediaType: anything,
      config: descriptor,
      layers: fc.oneof(fc.array(descriptor), anything),
      manifests: fc.oneof(fc.array(descriptor), anything),
      annotations: anything,
      rootfs: fc.oneof(
        fc.record({ diff_ids: fc.oneof(fc.array(fc.constantFrom<unknown>(image.config, "x")), anything) }),
        anything,
      ),
      history: fc.oneof(fc.array(anything), anything),
      os: anything,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, (value) => {
      for (const parse of [parseIndexOrManifest, parseImageConfig]) {
        try {
          parse(json(value), "here");
        } catch (error) {
          assert.ok(error instanceof Problem && error.kind === "input", String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("documents with changed bytes end in facts or a Problem", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(manifestBytes, configBytes, indexBytes),
      fc.array(fc.tuple(fc.nat(1_000), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      (seed, changes) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        for (const parse of [parseIndexOrManifest, parseImageConfig]) {
          try {
            parse(bytes, "here");
          } catch (error) {
            assert.ok(error instanceof Problem && error.kind === "input", String(error));
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
