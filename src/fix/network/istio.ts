/**
 * Istio's policies: STRICT mTLS for the namespace, nothing authorized, and for each workload the service accounts that
 * need it. Source: Istio's reference of PeerAuthentication and AuthorizationPolicy.
 */
import type { MeshTarget } from "./mesh.ts";
import type { Allow, Draft, Plain } from "./model.ts";
import { MANAGED_BY } from "./network-policy.ts";
import type { Subject } from "./subjects.ts";

const STAGES = { ingress: "mesh-authorization", egress: "mesh-outbound" } as const;
const VERSION = "security.istio.io/v1";

export function istioDrafts(namespaces: readonly string[], targets: readonly MeshTarget[]): Draft[] {
  return [
    ...namespaces.flatMap((namespace) => [
      constant("PeerAuthentication", namespace, "default", { mtls: { mode: "STRICT" } }, []),
      constant("AuthorizationPolicy", namespace, "allow-nothing", {}, ["Without a rule it allows nothing."]),
    ]),
    ...targets.flatMap(workloadDrafts),
  ];
}

function workloadDrafts({ subject, allows, plaintext }: MeshTarget): Draft[] {
  const { namespace, selector } = subject;
  const name = `allow-${nameOf(subject)}`;
  // Its selectors have no expressions.
  const matchLabels = selector?.matchLabels ?? {};
  const drafts: Draft[] = [
    {
      kind: "AuthorizationPolicy",
      namespace,
      name,
      members: subject.members,
      stages: STAGES,
      comments: [],
      allows,
      build: (kept) => {
        const comments = new Map<Plain, readonly string[]>();
        const rules = kept.map((allow) => ruleOf(allow, comments));
        const spec = { selector: { matchLabels }, action: "ALLOW", rules };
        return { object: objectOf("AuthorizationPolicy", namespace, name, spec), comments };
      },
    },
  ];
  if (plaintext.length === 0) return drafts;
  const portLevelMtls = Object.fromEntries(plaintext.map((port) => [String(port), { mode: "PERMISSIVE" }]));
  const spec = { selector: { matchLabels }, mtls: { mode: "STRICT" }, portLevelMtls };
  const why = ["Clients without an identity in the mesh come on these ports."];
  return [constant("PeerAuthentication", namespace, name, spec, why), ...drafts];
}

function ruleOf({ peers, ports, comments: own }: Allow, comments: Map<Plain, readonly string[]>): Plain {
  const numbers = ports.flatMap(({ values }) =>
    values.map((value) => String((value as { readonly port: Plain }).port)),
  );
  const principals = peers.map(({ key }) => {
    const [namespace = "", account = ""] = key.split("/");
    return `cluster.local/ns/${namespace}/sa/${account}`;
  });
  const rule = {
    ...(principals.length === 0 ? {} : { from: [{ source: { principals } }] }),
    to: [{ operation: { ports: numbers } }],
  };
  comments.set(rule, [...own, ...new Set(peers.flatMap((peer) => peer.comments))]);
  return rule;
}

function constant(
  kind: string,
  namespace: string,
  name: string,
  spec: { readonly [key: string]: Plain },
  comments: readonly string[],
): Draft {
  const object = objectOf(kind, namespace, name, spec);
  return {
    kind,
    namespace,
    name,
    stages: STAGES,
    comments,
    allows: [],
    build: () => ({ object, comments: new Map() }),
  };
}

function objectOf(
  kind: string,
  namespace: string,
  name: string,
  spec: { readonly [key: string]: Plain },
): { readonly [key: string]: Plain } {
  return { apiVersion: VERSION, kind, metadata: { name, namespace, labels: MANAGED_BY }, spec };
}

export function nameOf({ name }: Subject): string {
  const parts = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 200)
    .split("-")
    .filter((part) => part !== "");
  return parts.join("-") || "pods";
}
