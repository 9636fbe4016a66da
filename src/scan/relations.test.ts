import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import type { ImageAsset } from "../core/asset.ts";
import type { Digest } from "../core/digest.ts";
import { present } from "../core/evidence.ts";
import type { BaseImage } from "../engines/contents/model.ts";
import { readManifests } from "../engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../evaluate/kubernetes/workloads.ts";
import { builtFromRelations } from "./base-relations.ts";
import { manifestRelations, runningRelations } from "./relations.ts";

const now = new Date("2026-01-01T00:00:00Z");
const digest = `sha256:${"a".repeat(64)}` as Digest;

test("a cluster runs images by their digests; one without a digest is a name, with its gap", () => {
  const [web, owned, alone, old] = runningRelations(
    [
      {
        name: "web:1",
        repository: "registry.example/web",
        digest,
        since: "2025-12-01T00:00:00Z",
        pods: 2,
        owners: [
          { kind: "Deployment", namespace: "shop", name: "web", pods: 1 },
          { kind: "Pod", namespace: "shop", name: "a", pods: 1 },
        ],
        examples: ["shop/a"],
      },
      { name: "old:1", since: "?", pods: 1, owners: [], examples: ["shop/b"] },
    ],
    "prod",
    now,
  );
  assert.deepEqual(web?.to, { kind: "image", id: digest, identifiedBy: "manifest", name: "web:1" });
  assert.deepEqual([web?.type, web?.since, web?.gaps], ["runs", "2025-12-01T00:00:00Z", []]);
  assert.deepEqual(old?.to, { kind: "image", id: "old:1", identifiedBy: "reference", name: "old:1" });
  for (const [relation, id] of [
    [owned, "prod/Deployment/shop/web"],
    [alone, "prod/Pod/shop/a"],
  ] as const) {
    assert.deepEqual([relation?.from.id, relation?.to, relation?.evidence.pods], [id, web?.to, "1"]);
  }
  assert.deepEqual([old?.since, old?.gaps.map(({ code }) => code)], [undefined, ["cluster.image-digest"]]);
});

test("a workload of manifests runs what its containers name, and is the asset that was evaluated", () => {
  const container = (name: string, image: string) => `    - {name: ${name}, image: "${image}"}\n`;
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n${container("a", "web:1")}${container("b", "web:1")}${container("c", `side@${digest}`)}`;
  const manifests = readManifests([{ path: "deploy/web.yaml", text }]);
  const relations = manifestRelations(manifests, now);
  assert.deepEqual(
    relations.map(({ to, evidence, gaps }) => [to.id, evidence.containers, gaps.map(({ code }) => code)]),
    [
      ["web:1", "a, b", ["image.by-tag"]],
      [`side@${digest}`, "c", []],
    ],
  );
  const evaluated = evaluateManifests(manifests, { policy: defaultPolicy, now, scope: "manifests" });
  const ids = new Set(evaluated.flatMap(({ asset }) => (asset.kind === "workload" ? [asset.id] : [])));
  assert.deepEqual([...ids], [relations[0]?.from.id]);
});

test("an image is built from its base and from the Dockerfiles that are known", () => {
  const image: ImageAsset = {
    kind: "image",
    id: digest,
    identifiedBy: "config",
    lineage: "web",
    name: "web:1",
    references: [],
  };
  const base: BaseImage = {
    kind: "slim",
    name: "docker.io/library/debian:13-slim",
    layers: 1,
    by: "annotation",
    confidence: "stated",
    why: "it is called so",
  };
  const layers = [
    { index: 0, diffId: digest },
    { index: 1, diffId: digest, dockerfile: { path: "web/Dockerfile", line: 3 } },
  ];
  const relations = builtFromRelations(image, present(base, now.toISOString()), layers, now);
  assert.deepEqual(
    relations.map(({ type, from, to }) => [type, from.id, to.kind, to.id]),
    [
      ["builtFrom", digest, "image", "docker.io/library/debian:13-slim"],
      ["builtFrom", digest, "file", "web/Dockerfile"],
    ],
  );
  assert.deepEqual(builtFromRelations(image, present({ ...base, layers: 0 }, now.toISOString()), [], now), []);
});
