/**
 * Linkerd's policies: a Server for each port that is needed, and who may come to it. Source: Linkerd's reference of
 * authorization policy.
 */
import { MESH_STAGES, meshObject, wholeDraft } from "./mesh-object.ts";
import type { Draft, MeshTarget, Plain } from "./model.ts";
import { plainSelector } from "./peers.ts";
import { objectName } from "./subjects.ts";

const GROUP = "policy.linkerd.io";
const apiVersion = `${GROUP}/v1alpha1`;

export function linkerdDrafts(targets: readonly MeshTarget[]): Draft[] {
  return targets.flatMap(({ subject, allows }) => {
    const { namespace, selector } = subject;
    if (selector === undefined) return [];
    const ports = new Map<number, { readonly peers: Map<string, readonly string[]>; everybody: boolean }>();
    for (const { peers, ports: own } of allows) {
      for (const { values } of own) {
        const port = Number((values[0] as { readonly port: Plain }).port);
        const found = ports.get(port) ?? { peers: new Map<string, readonly string[]>(), everybody: false };
        ports.set(port, found);
        if (peers.length === 0) found.everybody = true;
        for (const { key, comments } of peers) found.peers.set(key, comments);
      }
    }
    return [...ports]
      .sort(([a], [b]) => a - b)
      .flatMap(([port, { peers, everybody }]) => {
        const name = `${objectName(subject)}-${port}`;
        const server = wholeDraft(
          { apiVersion: `${GROUP}/v1beta3`, kind: "Server", namespace, name },
          { podSelector: plainSelector(selector), port },
        );
        const clients = everybody
          ? networks(namespace, `${name}-clients`)
          : identities(subject.members, namespace, `${name}-clients`, port, peers);
        const authorization = wholeDraft(
          { apiVersion, kind: "AuthorizationPolicy", namespace, name },
          {
            targetRef: { group: GROUP, kind: "Server", name },
            requiredAuthenticationRefs: [{ group: GROUP, kind: clients.kind, name: clients.name }],
          },
        );
        return [server, clients, authorization];
      });
  });
}

function identities(
  members: NonNullable<Draft["members"]>,
  namespace: string,
  name: string,
  port: number,
  peers: ReadonlyMap<string, readonly string[]>,
): Draft {
  const parts = [...peers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, comments]) => {
      const [space = "", account = ""] = key.split("/");
      return { key, values: [{ kind: "ServiceAccount", namespace: space, name: account }], comments };
    });
  const ports = [{ key: `TCP ${port}`, values: [port], comments: [] }];
  return {
    kind: "MeshTLSAuthentication",
    namespace,
    name,
    members,
    stages: MESH_STAGES,
    comments: [],
    allows: [{ direction: "ingress", peers: parts, ports, comments: [] }],
    build: (kept) => {
      const comments = new Map<Plain, readonly string[]>();
      const identityRefs = kept.flatMap(({ peers: own }) =>
        own.flatMap(({ values, comments: why }) => {
          if (values[0] !== undefined) comments.set(values[0], why);
          return values;
        }),
      );
      return {
        object: meshObject({ apiVersion, kind: "MeshTLSAuthentication", namespace, name }, { identityRefs }),
        comments,
      };
    },
  };
}

/** Clients without an identity in the mesh: which they are is the network policies' affair. */
function networks(namespace: string, name: string): Draft {
  return wholeDraft(
    { apiVersion, kind: "NetworkAuthentication", namespace, name },
    {
      networks: [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }],
    },
  );
}
