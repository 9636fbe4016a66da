/**
 * Istio's policies: STRICT mTLS for the namespace, nothing authorized, and for each workload the service accounts that
 * need it. Source: Istio's reference of PeerAuthentication and AuthorizationPolicy.
 */
import { MESH_STAGES, meshObject, wholeDraft } from "./mesh-object.ts";
import type { Allow, Draft, MeshTarget, Plain } from "./model.ts";
import { objectName } from "./subjects.ts";

const apiVersion = "security.istio.io/v1";

export function istioDrafts(namespaces: readonly string[], targets: readonly MeshTarget[]): Draft[] {
  return [
    ...namespaces.flatMap((namespace) => [
      wholeDraft({ apiVersion, kind: "PeerAuthentication", namespace, name: "default" }, { mtls: { mode: "STRICT" } }),
      wholeDraft({ apiVersion, kind: "AuthorizationPolicy", namespace, name: "allow-nothing" }, {}, [
        "Without a rule it allows nothing.",
      ]),
    ]),
    ...targets.flatMap(workloadDrafts),
  ];
}

function workloadDrafts({ subject, allows, plaintext }: MeshTarget): Draft[] {
  const { namespace, selector } = subject;
  const name = `allow-${objectName(subject)}`;
  // Its selectors have no expressions.
  const matchLabels = selector?.matchLabels ?? {};
  const drafts: Draft[] = [
    {
      kind: "AuthorizationPolicy",
      namespace,
      name,
      members: subject.members,
      stages: MESH_STAGES,
      comments: [],
      allows,
      build: (kept) => {
        const comments = new Map<Plain, readonly string[]>();
        const rules = kept.map((allow) => ruleOf(allow, comments));
        const spec = { selector: { matchLabels }, action: "ALLOW", rules };
        return { object: meshObject({ apiVersion, kind: "AuthorizationPolicy", namespace, name }, spec), comments };
      },
    },
  ];
  if (plaintext.length === 0) return drafts;
  const portLevelMtls = Object.fromEntries(plaintext.map((port) => [String(port), { mode: "PERMISSIVE" }]));
  const spec = { selector: { matchLabels }, mtls: { mode: "STRICT" }, portLevelMtls };
  const why = ["Clients without an identity in the mesh come on these ports."];
  return [wholeDraft({ apiVersion, kind: "PeerAuthentication", namespace, name }, spec, why), ...drafts];
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
