import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
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

test("what a config leaves out has its default, and null leaves it out", () => {
  const odd = [
    {},
    { config: null, history: null },
    { config: { Env: null, User: null, Labels: null, ExposedPorts: null }, history: [] },
  ];
  for (const changes of odd) {
    const config = parseImageConfig(json({ rootfs: { diff_ids: [] }, ...changes }), "here");
    assert.deepEqual([config.user, config.env, config.labels, config.history], ["", [], {}, []]);
  }
  const nulls = { rootfs: { diff_ids: [] }, config: { Env: [null, "A=b"], Labels: { a: null } }, history: [null] };
  const config = parseImageConfig(json(nulls), "here");
  assert.deepEqual([config.env, config.labels], [["", "A=b"], { a: "" }]);
  assert.deepEqual(config.history, [{ createdBy: "", emptyLayer: false }]);
});

test("what is of another type is refused, as runtimes refuse it or read it their own way", () => {
  const odd = [
    { config: [] },
    { history: "x" },
    { history: [{ empty_layer: "true" }] },
    { config: { User: 1 } },
    // Docker alone takes it for a list of one.
    { config: { Entrypoint: "/bin/sh" } },
    { config: { Env: [1] } },
    { config: { Labels: { a: 1 } } },
    { config: { ExposedPorts: ["80/tcp"] } },
    { os: 1 },
  ];
  for (const changes of odd) refusal(() => parseImageConfig(json({ rootfs: { diff_ids: [] }, ...changes }), "here"));
});

test("a key that folds to a known one, or stands twice, makes two documents of one digest: refused", () => {
  const config = (text: string) => {
    const { code, message } = refusal(() => parseImageConfig(Buffer.from(text), "here"));
    assert.equal(code, "oci.ambiguous", text);
    return message;
  };
  const rootfs = '"rootfs":{"diff_ids":[]}';
  assert.match(config(`{${rootfs},"config":{"User":"app","user":"root"}}`), /key "user" is read as another one/);
  assert.match(config(`{${rootfs},"config":{"\\u0075ser":"root"}}`), /key "user" is read/);
  assert.match(config(`{${rootfs},"config":{"U\u017fer":"root"}}`), /is read as another one/);
  assert.match(config(`{${rootfs},"Config":{"User":"root"}}`), /key "Config" is read/);
  assert.match(config(`{${rootfs},"config":{"wor\u212aingdir":"/"}}`), /is read as another one/);
  assert.match(config(`{${rootfs},"history":[{"Empty_Layer":true}]}`), /key "Empty_Layer"/);
  assert.match(config(`{${rootfs},"config":{"User":"app","User":"root"}}`), /the key "User" twice/);
  assert.match(config(`{${rootfs},"config":{"User":"app"},"config":{}}`), /the key "config" twice/);
  assert.match(config(`{${rootfs},"config":{"User":"app","Us\\u0065r":"root"}}`), /the key "User" twice/);

  const manifest = (text: string) => refusal(() => parseIndexOrManifest(Buffer.from(text), "here")).message;
  const one = `{"digest":"${image.config}","size":1}`;
  assert.match(manifest(`{"config":${one},"layers":[],"Layers":[${one}]}`), /key "Layers" is read/);
  assert.match(manifest(`{"config":${one},"layers":[{"digest":"${image.config}","Digest":"x","size":1}]}`), /"Digest"/);
  assert.match(manifest(`{"manifests":[{"digest":"${image.config}","size":1,"platform":{"OS":"linux"}}]}`), /"OS"/);
});

test("keys of maps, and of objects that are not read, may differ in case alone", () => {
  const text = '{"rootfs":{"diff_ids":[]},"config":{"Labels":{"a":"1","A":"2"},"x":{"User":1,"user":2}},"author":"x"}';
  assert.deepEqual(parseImageConfig(Buffer.from(text), "here").labels, { a: "1", A: "2" });
});

test("text that readers mend in different ways is refused", () => {
  const bytes = (text: string) => Buffer.from(`{"rootfs":{"diff_ids":[]},"config":{"User":"${text}"}}`, "latin1");
  assert.match(refusal(() => parseImageConfig(bytes("\xff"), "here")).message, /not UTF-8/);
  assert.match(refusal(() => parseImageConfig(bytes("\\ud83d"), "here")).message, /half of a character/);
  assert.match(refusal(() => parseImageConfig(bytes("\\uDE00\\uD83D"), "here")).message, /half of a character/);
  assert.equal(parseImageConfig(bytes("\\ud83d\\ude00"), "here").user, "😀");
  for (const around of [
    ["\ufeff", ""],
    ["", "{}"],
    ["", "x"],
  ] as const) {
    const text = `${around[0]}{"rootfs":{"diff_ids":[]}}${around[1]}`;
    assert.match(refusal(() => parseImageConfig(Buffer.from(text), "here")).message, /not JSON/);
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
  const both = json({ manifests: [], layers: [] });
  assert.equal(refusal(() => parseIndexOrManifest(both, "here")).code, "oci.ambiguous");
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
    runs(500),
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
    runs(500),
  );
});
