import assert from "node:assert/strict";
import { test } from "node:test";
import { type Asset, fileAsset, unopenedImage } from "../core/asset.ts";
import type { Authority } from "../core/authority.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { EvaluationList } from "../core/evaluations.ts";
import { type Finding, fingerprintOf } from "../core/finding.ts";
import { type Authorities, identify } from "./identify.ts";

const shop: Authority = { kind: "repository", remote: "github.com/acme/shop", path: "" };
const other: Authority = { kind: "repository", remote: "github.com/acme/other", path: "" };
const cluster = { kind: "cluster", uid: "6f2e0b0c-0000-4000-8000-000000000001" } as const satisfies Authority;

function evaluation(asset: Asset): Evaluation {
  const check = "workload/made-up";
  const finding: Finding = {
    subject: "web",
    severity: "high",
    title: "",
    locations: [{ kind: "file", path: "f" }],
    matches: { ids: [check] },
    evidence: {},
    check,
    fingerprint: fingerprintOf(check, asset.lineage, "web"),
    overThreshold: true,
  };
  const exception = { reason: "r", owner: "o", source: { path: "p" } };
  const looked = { verdict: "fail", reason: "", evidence: {}, gaps: [], observedAt: "" } as const;
  return { check, asset, ...looked, findings: [finding], excepted: [{ finding, exception }] };
}

function workload(lineage: string): Asset {
  return { kind: "workload", id: lineage, lineage, name: "shop/Deployment/web" };
}

function identified(evaluations: Evaluation[], authorities: Authorities): Evaluation[] {
  const list = new EvaluationList(evaluations);
  identify(list, authorities);
  return [...list];
}

const lineages = (assets: readonly Asset[], authorities: Authorities) =>
  identified(assets.map(evaluation), authorities).map(({ asset }) => asset.lineage);

test("equal manifests of two repositories have different fingerprints, and display names stay", () => {
  const [mine] = identified([evaluation(workload("deploy/Deployment/shop/web"))], { directory: shop });
  const [theirs] = identified([evaluation(workload("deploy/Deployment/shop/web"))], { directory: other });
  assert.equal(mine?.asset.id, "github.com/acme/shop//deploy/Deployment/shop/web");
  assert.equal(mine.asset.lineage, mine.asset.id);
  assert.equal(mine.asset.name, "shop/Deployment/web");
  assert.equal(mine.findings[0]?.fingerprint, fingerprintOf("workload/made-up", mine.asset.lineage, "web"));
  assert.notEqual(mine.findings[0].fingerprint, theirs?.findings[0]?.fingerprint);
  assert.equal(mine.excepted[0]?.finding.fingerprint, mine.findings[0].fingerprint);
});

test("a cluster is the same whatever its context is called", () => {
  const under = (name: string) =>
    lineages(
      [
        { kind: "cluster", id: name, lineage: name, name },
        workload(`${name}/Deployment/shop/web`),
        { kind: "namespace", id: name, lineage: `${name}/Namespace/shop`, name: "shop" },
        fileAsset(name),
        fileAsset(`${name} Secret shop/db`),
        fileAsset("bulkhead.yaml"),
      ],
      { directory: shop, cluster: { name, authority: cluster } },
    );
  const id = "cluster:6f2e0b0c-0000-4000-8000-000000000001";
  assert.deepEqual(under("staging"), [
    `${id}//`,
    `${id}//Deployment/shop/web`,
    `${id}//Namespace/shop`,
    `${id}//`,
    `${id}//Secret shop/db`,
    "github.com/acme/shop//bulkhead.yaml",
  ]);
  assert.deepEqual(under("arn:aws:eks:eu-1:1:cluster/staging"), under("staging"));
  assert.deepEqual(under("b"), under("staging"));
});

test("an image is its repository's everywhere, and one that states none is the directory's", () => {
  const named = unopenedImage("registry.example.com/web:1", { lineage: "registry.example.com/web" });
  assert.deepEqual(lineages([named, unopenedImage("build/web", { path: "build/web" })], { directory: shop }), [
    "registry.example.com/web",
    "github.com/acme/shop//build/web",
  ]);
});

test("evaluations of one asset share it", () => {
  const asset = fileAsset("Dockerfile");
  const [first, second] = identified([evaluation(asset), evaluation(asset)], { directory: shop });
  assert.equal(first?.asset, second?.asset);
});

test("what is of a directory that was checked beside a cluster is never the cluster's, whatever it is called", () => {
  const [own, alike] = [workload("prod/Deployment/shop/web"), workload("prod/Deployment/shop/web")];
  const authorities = { directory: shop, cluster: { name: "prod", authority: cluster, beside: new Set([alike]) } };
  assert.deepEqual(
    identified([evaluation(own), evaluation(alike)], authorities).map(({ asset }) => asset.id),
    [`cluster:${cluster.uid}//Deployment/shop/web`, "github.com/acme/shop//prod/Deployment/shop/web"],
  );
});
