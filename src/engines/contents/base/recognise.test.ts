import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "../../oci/image.fixture.ts";
import type { HistoryStep } from "../../oci/model.ts";
import type { Package } from "../model.ts";
import { chainIds } from "./chain.ts";
import { baseOfJson } from "./json.ts";
import { knownBases } from "./known.ts";
import { type ImageTraits, recogniseBase, withOrigins } from "./recognise.ts";

const diffIds = ["a", "b", "c"].map((text) => sha256(Buffer.from(text)));

function apk(name: string, layer: number): Package {
  return {
    type: "apk",
    name,
    version: "1",
    licenses: [],
    purl: `pkg:apk/${name}@1`,
    path: "lib/apk/db/installed",
    layer,
  };
}

const history: HistoryStep[] = [
  { createdBy: "ADD alpine.tar.gz / # buildkit", created: "2026-01-01T00:00:00Z", emptyLayer: false },
  { createdBy: 'CMD ["/bin/sh"]', emptyLayer: true },
  { createdBy: "RUN apk add curl", emptyLayer: false },
  { createdBy: "COPY . .", emptyLayer: false },
];

const alpine: ImageTraits = {
  inventory: {
    distribution: { id: "alpine", versionId: "3.22", idLike: [] },
    packages: [apk("apk-tools", 0), apk("busybox", 0), apk("curl", 1)],
  },
  diffIds,
  history,
  annotations: {},
  labels: {},
};

const NAME = "org.opencontainers.image.base.name";
const DIGEST = "org.opencontainers.image.base.digest";

test("the layers of a base that was learnt are proof", () => {
  const [first, second] = chainIds(diffIds);
  assert.ok(first !== undefined && second !== undefined);
  const base = { name: "shop/base:1", chainId: first, layers: 1, kind: "slim" } as const;
  const higher = {
    name: "shop/base:2",
    chainId: second,
    layers: 2,
    kind: "full",
    created: "2026-02-01T00:00:00Z",
  } as const;
  assert.deepEqual(recogniseBase(alpine, knownBases([base])), {
    ...{ kind: "slim", name: "shop/base:1", layers: 1, by: "chain", confidence: "certain" },
    why: "its lowest layer is that of shop/base:1",
  });
  assert.equal(recogniseBase(alpine, knownBases([base, higher]))?.name, "shop/base:2");
  const other = { ...base, chainId: sha256(Buffer.from("other")) };
  assert.equal(recogniseBase(alpine, knownBases([other]))?.by, "history");
});

test("an annotation names the base; the contents say what kind it is", () => {
  const digest = sha256(Buffer.from("manifest"));
  const annotations = { [NAME]: "gcr.io/distroless/static", [DIGEST]: digest };
  const stated = recogniseBase({ ...alpine, annotations });
  assert.deepEqual([stated?.kind, stated?.name, stated?.digest], ["alpine", "gcr.io/distroless/static", digest]);
  assert.deepEqual([stated?.layers, stated?.by, stated?.confidence], [1, "annotation", "stated"]);
  assert.equal(recogniseBase({ ...alpine, labels: annotations })?.by, "annotation");
  assert.equal(recogniseBase({ ...alpine, annotations: { [DIGEST]: "none" } })?.by, "history");
  assert.equal(recogniseBase({ ...alpine, annotations: { [NAME]: "a\u001b[31m" } })?.name, "a\\u001b[31m");
});

test("a name that is none is left out, however long it is", () => {
  for (const name of ["", "x".repeat(5_000), "\u0000".repeat(1_000)]) {
    assert.equal(recogniseBase({ ...alpine, annotations: { [NAME]: name } })?.by, "history", name.slice(0, 3));
  }
});

test("a distribution's own image, which is built from scratch, is that distribution", () => {
  const annotations = { [NAME]: "scratch" };
  const own = { ...alpine, annotations, diffIds: diffIds.slice(0, 1), history: history.slice(0, 2) };
  const base = recogniseBase(own);
  assert.deepEqual([base?.name, base?.by, base?.layers, base?.kind], ["alpine 3.22", "os-release", 1, "alpine"]);
});

test("without marks the distribution's own layers are counted, up to the first instruction", () => {
  const unmarked = history.filter(({ emptyLayer }) => !emptyLayer);
  assert.equal(recogniseBase({ ...alpine, history: unmarked })?.layers, 1);
  const made = unmarked.map((step) => ({ ...step, createdBy: "bazel build ..." }));
  assert.equal(recogniseBase({ ...alpine, history: made })?.layers, 2);
  assert.equal(recogniseBase({ ...alpine, history: [] })?.by, "os-release");
});

test("nothing of a distribution is scratch, and all is the application's", () => {
  const item: Package = { ...apk("a", 0), type: "npm" };
  const image = { ...alpine, inventory: { packages: [item] } };
  const base = recogniseBase(image);
  assert.deepEqual([base?.kind, base?.layers, base?.by], ["scratch", 0, "contents"]);
  assert.equal(withOrigins(image.inventory, base).packages[0]?.origin, "application");
});

test("packages are the base's below its top layer, the application's above, and nobody's where it is unknown", () => {
  const origins = (base: ReturnType<typeof recogniseBase>) =>
    withOrigins(alpine.inventory, base).packages.map(({ origin }) => origin);
  assert.deepEqual(origins(recogniseBase(alpine)), ["base", "base", "application"]);
  assert.deepEqual(origins(undefined), [undefined, undefined, undefined]);
});

test("the base is dated by its top layer, where the date is one", () => {
  assert.equal(recogniseBase(alpine)?.created, "2026-01-01T00:00:00.000Z");
  const [first, ...others] = history;
  const undated = [{ ...(first as HistoryStep), created: "soon" }, ...others];
  assert.equal(recogniseBase({ ...alpine, history: undated })?.created, undefined);
});

test("property: never more layers than there are, and its JSON is read back", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("CMD [", "FROM x", "RUN x", "2026-01-01"));
  const step = fc.record({ createdBy: text, comment: text, created: text, emptyLayer: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), text, text, fc.boolean(), (steps, name, digest, empty) => {
      const inventory = empty ? { packages: [] } : alpine.inventory;
      const base = recogniseBase({
        ...alpine,
        inventory,
        history: steps,
        annotations: { [NAME]: name, [DIGEST]: digest },
      });
      assert.ok(base !== undefined && base.layers >= 0 && base.layers <= diffIds.length);
      assert.deepEqual(baseOfJson(JSON.parse(JSON.stringify(base))), base);
    }),
  );
});

test("property: no JSON is taken for a base that is none", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(baseOfJson(value), undefined);
    }),
  );
});
