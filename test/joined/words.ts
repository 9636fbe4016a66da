/** From a situation in words to what a report would hold of it: evaluations, relations and what the network says. */
import type { Asset, ImageAsset } from "../../src/core/asset.ts";
import type { ContextAnswer, WorkloadReach } from "../../src/core/context.ts";
import { type Digest, parseDigest } from "../../src/core/digest.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Relation, RelationEnd } from "../../src/core/relation.ts";
import type { Image, Said, Situation } from "./oracle.ts";

export const now = new Date("2026-03-20T12:00:00Z");
export const clusterId = "cluster:0b4e//";

const ago = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();

/** `c1` as a digest: every word another. */
function digest(word: string): Digest {
  const hex = Buffer.from(word).toString("hex").padEnd(64, "0");
  return parseDigest(`sha256:${hex}`) as Digest;
}

function reference(written: string): string {
  const [name = "", pinned] = written.split("@");
  return pinned === undefined ? name : `${name}@${digest(pinned)}`;
}

export function imageAsset({ config, manifest, index, name }: Image): ImageAsset {
  const named = { kind: "image", lineage: name.split(":")[0] ?? "", name } as const;
  if (config === undefined) return { ...named, id: name, identifiedBy: "reference", references: [] };
  const seen = {
    reference: name,
    ...(manifest === undefined ? {} : { manifestDigest: digest(manifest) }),
    ...(index === undefined ? {} : { indexDigest: digest(index) }),
    observedAt: ago(0),
  };
  return { ...named, id: digest(config), identifiedBy: "config", references: [seen] };
}

function workloadAsset(written: string): Asset {
  const isFile = written.startsWith("files:");
  const [namespace = "", name = ""] = written.replace("files:", "").split("/");
  const id = `${isFile ? "github.com/acme/shop//k8s/" : clusterId}Deployment/${namespace}/${name}`;
  return { kind: "workload", id, lineage: id, name: `${namespace}/Deployment/${name}` };
}

export function assetOf(situation: Situation["in"]): Asset {
  if ("image" in situation) return imageAsset(situation.image);
  if ("workload" in situation) return workloadAsset(situation.workload);
  if ("namespace" in situation) {
    const id = `${clusterId}Namespace/${situation.namespace}`;
    return { kind: "namespace", id, lineage: id, name: situation.namespace };
  }
  if ("file" in situation) {
    const id = `github.com/acme/shop//${situation.file}`;
    return { kind: "file", id, lineage: id, name: situation.file };
  }
  if ("host" in situation) {
    const id = `host:${situation.host}`;
    return { kind: "host", id, lineage: id, name: situation.host };
  }
  return { kind: "cluster", id: clusterId, lineage: clusterId, name: "prod" };
}

export function findingOf(title: string, more: Partial<Finding> = {}): Finding {
  return {
    check: "image/known-vulnerabilities",
    fingerprint: title,
    overThreshold: true,
    subject: title,
    severity: "critical",
    title,
    locations: [{ kind: "file", path: "x" }],
    matches: { ids: [title], package: "p" },
    evidence: {},
    ...more,
  };
}

export function evaluationOf(check: string, asset: Asset, more: Partial<Evaluation> = {}): Evaluation {
  return {
    check,
    asset,
    verdict: "pass",
    reason: "as it was judged",
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: ago(0),
    ...more,
  };
}

export function answer(said: Said): ContextAnswer {
  const [first, stale] = said.split(", ");
  const reason = "as the network says";
  return { answer: first as ContextAnswer["answer"], reason, ...(stale === undefined ? {} : { stale: true }) };
}

export function evaluationsOf(given: Situation, finding: Finding): Evaluation[] {
  const { images = [], workloads = [], verified = [] } = given;
  const asset = assetOf(given.in);
  const others = [...images.map(imageAsset), ...workloads.map(workloadAsset)];
  const known = [asset, ...others];
  return [
    evaluationOf("image/known-vulnerabilities", asset, { verdict: "fail", findings: [finding] }),
    ...others.map((other) => evaluationOf("image/end-of-life", other)),
    ...verified.flatMap(({ of, verdict, expiredDaysAgo, excepted, stranger }) => {
      const opened = known.find((one) => one.kind === "image" && one.id === digest(of));
      const about = opened ?? imageAsset({ name: reference(of) });
      const found = { ...findingOf(stranger === true ? "signed by a stranger" : "not signed") };
      const check = stranger === true ? "registry/untrusted-signer" : "registry/unsigned-image";
      const exception = { reason: "r", owner: "o", source: { path: "p" } } as never;
      const evaluation = evaluationOf(check, about, {
        verdict,
        findings: verdict === "fail" ? [found] : [],
        excepted: excepted === true ? [{ finding: found, exception }] : [],
        gaps: verdict === "unknown" ? [{ code: "registry.silent", reason: "the registry did not answer" }] : [],
        ...(expiredDaysAgo === undefined ? {} : { validUntil: ago(expiredDaysAgo) }),
      });
      return stranger === true ? [evaluationOf("registry/unsigned-image", about), evaluation] : [evaluation];
    }),
  ];
}

export function relationsOf(given: Situation): Relation[] {
  const { running = [], verified = [], built = {} } = given;
  const relations = running.map(({ by, what, pods, daysAgo = 0, undigested, pinned }): Relation => {
    const [form = "", written = ""] = what.split(" ");
    const name = "registry/api:1";
    const to: RelationEnd =
      form === "name"
        ? { kind: "image", id: reference(written), identifiedBy: "reference", name: reference(written) }
        : { kind: "image", id: digest(written), identifiedBy: form as "config" | "manifest", name };
    const { kind, id, name: title } = by === "cluster" ? assetOf({ cluster: true }) : workloadAsset(by);
    return {
      type: "runs",
      from: { kind, id, name: title } as RelationEnd,
      to,
      observedAt: ago(daysAgo),
      evidence: {
        ...(pods === undefined ? {} : { pods: String(pods) }),
        ...(pinned === undefined ? {} : { digest: digest(pinned) }),
      },
      gaps: undigested === true ? [{ code: "cluster.image-digest", reason: "no runtime reports the digest" }] : [],
    };
  });
  for (const { of, digest: own } of verified) {
    if (own === undefined) continue;
    relations.push({
      type: "signedBy",
      from: { kind: "image", id: reference(of), identifiedBy: "reference", name: reference(of) },
      to: { kind: "signer", id: "key", name: "release" },
      observedAt: ago(0),
      evidence: { digest: digest(own) },
      gaps: [],
    });
  }
  for (const [config, path] of Object.entries(built)) {
    const file = assetOf({ file: path });
    relations.push({
      type: "builtFrom",
      from: { kind: "image", id: digest(config), identifiedBy: "config", name: config },
      to: { kind: "file", id: file.id, name: file.name },
      observedAt: ago(0),
      evidence: {},
      gaps: [],
    });
  }
  return relations;
}

export function reachOf({ reach = {} }: Situation): WorkloadReach[] {
  return Object.entries(reach).map(([workload, said]) => ({
    workload: workloadAsset(workload).id,
    reachable: answer(said.reachable),
    exposed: answer(said.exposed),
  }));
}

export function daysAgo(days: number): string {
  return ago(days);
}
