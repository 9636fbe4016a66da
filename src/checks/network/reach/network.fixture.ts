/** For tests of checks over the network: small clusters as manifests, and what each check says of them. */
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Check } from "../../../core/check.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { formatLocation } from "../../../core/location.ts";
import type { Policy } from "../../../core/policy.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { evaluateNetwork } from "../../../evaluate/kubernetes/network.ts";

const now = new Date("2026-01-01T00:00:00Z");

/** A policy that the caller vouches for; by default with a CNI that enforces. */
export function trusted(changes: Partial<Policy> = {}): Policy {
  return {
    ...defaultPolicy,
    cluster: { ...defaultPolicy.cluster, cni: "cilium" },
    ...changes,
    origin: { kind: "trusted", name: "policy.yaml", loosened: [] },
  };
}

export function evaluated(
  objects: readonly object[] | Readonly<Record<string, readonly object[]>>,
  policy: Policy = trusted(),
  intended?: string,
) {
  const files = Array.isArray(objects) ? { "k8s/all.yaml": objects } : (objects as Record<string, readonly object[]>);
  const texts = Object.entries(files).map(([path, own]) => ({
    path,
    text: own.map((object: object) => JSON.stringify(object)).join("\n---\n"),
  }));
  const file = intended === undefined ? {} : { intended: { name: "intended.txt", text: intended } };
  return evaluateNetwork(readManifests(texts), { policy, now, scope: "manifests", ...file });
}

type Given = Parameters<typeof evaluated>;

export function evaluationsOf(check: Pick<Check, "id">, ...given: Given): Evaluation[] {
  return evaluated(...given).evaluations.filter((evaluation) => evaluation.check === check.id);
}

/** `severity subject | title` of each finding. */
export function found(check: Pick<Check, "id">, ...given: Given): string[] {
  return evaluationsOf(check, ...given).flatMap(({ findings }) =>
    findings.map(({ severity, subject, title }) => `${severity} ${subject} | ${title}`),
  );
}

/** `place` of each finding. */
export function placesOf(check: Pick<Check, "id">, ...given: Given): string[] {
  return evaluationsOf(check, ...given).flatMap(({ findings }) =>
    findings.map(({ locations }) => formatLocation(locations[0])),
  );
}

/** `asset verdict` of each evaluation; of an unknown one its reason. */
export function verdicts(check: Pick<Check, "id">, ...given: Given): string[] {
  return evaluationsOf(check, ...given).map(
    ({ asset, verdict, reason }) => `${asset.name} ${verdict}${verdict === "unknown" ? `: ${reason}` : ""}`,
  );
}

export const namespace = (name: string, labels: object = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

/** `shop/web`: a Deployment whose pods have the label app=web. */
export function workload(path: string, spec: object = {}, container: object = {}, metadata: object = {}) {
  const [space, name] = path.split("/");
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace: space, name },
    spec: {
      template: {
        metadata: { labels: { app: name }, ...metadata },
        spec: { containers: [{ name, ...container }], ...spec },
      },
    },
  };
}

/** `shop/deny`: a NetworkPolicy. */
export function networkPolicy(path: string, spec: object) {
  const [space, name] = path.split("/");
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace: space, name },
    spec: { podSelector: {}, ...spec },
  };
}

export const denyAll = (space: string) => networkPolicy(`${space}/deny`, { policyTypes: ["Ingress", "Egress"] });
