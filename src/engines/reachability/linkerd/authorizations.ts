/**
 * Who may reach a Server: ServerAuthorization and AuthorizationPolicy.
 * Source: https://linkerd.io/2/reference/authorization-policy/. Whatever is required must all hold; without a requirement of an
 * identity clients outside the mesh count, without one of a network all do. A policy that requires two of a kind, or what
 * does not exist, counts for nothing.
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { AddressRange } from "../addresses.ts";
import type { SourceCondition } from "../mesh/sources.ts";
import type { MeshNote } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PolicyReading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import { matchesLabels, type Selector } from "../selector.ts";
import {
  type Authentications,
  alsoFor,
  anyClient,
  byIdentity,
  byServiceAccounts,
  type IdentityContext,
  readNetworks,
} from "./authentications.ts";
import type { Server } from "./servers.ts";

export interface Authorization {
  readonly object: KubernetesObject;
  readonly condition: SourceCondition;
  /** Its requests only: of a route. */
  readonly route?: string;
  readonly doubt?: Doubt;
  readonly everyone: boolean;
  /** Whether it is for this Server, or one of its routes. */
  isFor(server: Server): boolean;
}

interface Context extends IdentityContext {
  readonly authentications: Authentications;
  readonly proxies: PodSet;
  note(note: MeshNote): void;
}

export function readAuthorizations(context: Context): readonly Authorization[] {
  const { reading } = context;
  const found: Authorization[] = [];
  // One that cannot be read authorizes nobody for certain: its Servers deny what no other allows, and it is a gap.
  const read = (kind: string, one: (policy: PolicyReading, object: KubernetesObject) => Authorization | undefined) => {
    for (const object of reading.objectsOf("policy.linkerd.io", kind)) {
      const namespace = object.namespace ?? "default";
      reading.policy(object, ["mesh-authorization"], (policy) => {
        const there = reading.podSets.select({ namespaces: { name: namespace }, pods: undefined });
        policy.selects(reading.podSets.intersect(there, context.proxies));
        const authorization = one(policy, object);
        if (authorization !== undefined) found.push(authorization);
      });
    }
  };
  read("ServerAuthorization", (policy, object) => serverAuthorization(context, policy, object));
  read("AuthorizationPolicy", (policy, object) => authorizationPolicy(context, policy, object));
  return found;
}

function serverAuthorization(
  context: Context,
  { spec, refuse, selector }: PolicyReading,
  object: KubernetesObject,
): Authorization | undefined {
  const namespace = object.namespace ?? "default";
  const server = spec.fields("server");
  const name = server?.string("name");
  const picked = name === undefined ? (selector(server?.fields("selector")) ?? everything) : undefined;
  const client = spec.fields("client");
  if (client === undefined) {
    refuse("spec.client is missing");
    return undefined;
  }
  // Without networks the cluster's own count.
  const ranges = readNetworks(client, refuse) ?? context.config.clusterNetworks;
  const condition = clientOf(context, client, namespace, ranges);
  if (condition === undefined) {
    refuse("spec.client names no clients");
    return undefined;
  }
  const doubt = client.fields("meshTLS")?.boolean("unauthenticatedTLS") === true ? ANY_TLS : undefined;
  return {
    object,
    condition,
    everyone: condition.anonymous && condition.ranges === undefined && doubt === undefined,
    ...(doubt === undefined ? {} : { doubt }),
    isFor: (one) =>
      one.namespace === namespace &&
      (picked === undefined ? one.object.name === name : matchesLabels(picked, one.object.labels)),
  };
}

const everything: Selector = { key: "", requirements: [] };

const ANY_TLS: Doubt = {
  code: "mesh.unauthenticated-tls",
  reason: "the policy allows TLS without an identity, which clients outside the mesh may speak",
};

function clientOf(
  context: Context,
  client: Fields,
  namespace: string,
  ranges: readonly AddressRange[],
): SourceCondition | undefined {
  if (client.boolean("unauthenticated") === true) return anyClient(context, true, ranges);
  const tls = client.fields("meshTLS");
  if (tls === undefined) return undefined;
  if (tls.boolean("unauthenticatedTLS") === true) return anyClient(context, true, ranges);
  const accounts = tls
    .list("serviceAccounts")
    .map((one) => `${one.string("namespace") ?? namespace}/${one.string("name") ?? ""}`);
  const identities = tls.strings("identities");
  if (accounts.length + identities.length === 0) return undefined;
  const byName = byIdentity(context, identities, ranges);
  return alsoFor(context, byName, byServiceAccounts(context, accounts));
}

const ROUTES: ReadonlySet<string> = new Set([
  "policy.linkerd.io/HTTPRoute",
  "gateway.networking.k8s.io/HTTPRoute",
  "gateway.networking.k8s.io/GRPCRoute",
]);

function authorizationPolicy(
  context: Context,
  { spec, refuse }: PolicyReading,
  object: KubernetesObject,
): Authorization | undefined {
  const namespace = object.namespace ?? "default";
  const target = spec.fields("targetRef");
  const group = target?.string("group") ?? "";
  const kind = target?.string("kind") ?? "";
  const name = target?.string("name") ?? "";
  const isRoute = ROUTES.has(`${group}/${kind}`);
  const isServer = group === "policy.linkerd.io" && kind === "Server";
  const isNamespace = (group === "" || group === "core") && kind === "Namespace";
  if (!isRoute && !isServer && !isNamespace) {
    refuse(
      `spec.targetRef: ${`${group}/${kind}`.slice(0, 80)} must be a Server, an HTTPRoute, a GRPCRoute or a Namespace`,
    );
    return undefined;
  }
  if (isNamespace && name !== namespace) {
    refuse("spec.targetRef may name its own Namespace only");
    return undefined;
  }
  const required = requirementOf(context, spec, namespace, refuse);
  if (required === "void") {
    context.note({
      code: "mesh.policy-ignored",
      reason: "the AuthorizationPolicy requires two identities or two networks, and counts for nothing",
      remedy: "require one MeshTLSAuthentication or ServiceAccount, and one NetworkAuthentication",
      object,
      field: ["spec", "requiredAuthenticationRefs"],
      workloads: [],
    });
    return undefined;
  }
  const route = `${group}/${kind}/${name}`;
  return {
    object,
    ...required,
    ...(isRoute ? { route: `${kind} ${name}` } : {}),
    isFor: (server) =>
      server.namespace === namespace &&
      (isRoute ? server.routes.includes(route) : isNamespace || server.object.name === name),
  };
}

function requirementOf(
  context: Context,
  spec: Fields,
  namespace: string,
  refuse: PolicyReading["refuse"],
): "void" | Pick<Authorization, "condition" | "doubt" | "everyone"> {
  const { meshTls, networks } = context.authentications;
  const identities: SourceCondition[] = [];
  const ranges: (readonly AddressRange[])[] = [];
  let doubt: Doubt | undefined;
  for (const ref of spec.list("requiredAuthenticationRefs")) {
    const kind = ref.string("kind") ?? "";
    const key = `${ref.string("namespace") ?? namespace}/${ref.string("name") ?? ""}`;
    if (kind === "ServiceAccount") identities.push({ identities: byServiceAccounts(context, [key]), anonymous: false });
    else if (kind === "MeshTLSAuthentication" || kind === "NetworkAuthentication") {
      const tls = kind === "MeshTLSAuthentication" ? meshTls.get(key) : undefined;
      const there = kind === "NetworkAuthentication" ? networks.get(key) : undefined;
      if (tls !== undefined) identities.push(tls);
      else if (there !== undefined) ranges.push(there);
      else doubt = missing(kind, key);
    } else refuse(`spec.requiredAuthenticationRefs: ${kind.slice(0, 40)} is no authentication that Linkerd knows`);
  }
  if (identities.length > 1 || ranges.length > 1) return "void";
  const own = identities[0] ?? anyClient(context, true);
  const [within] = ranges;
  const condition = within === undefined ? own : { ...own, ranges: within };
  const everyone = condition.anonymous && condition.ranges === undefined && doubt === undefined;
  return { condition, everyone, ...(doubt === undefined ? {} : { doubt }) };
}

/** In the cluster it may exist; where it does not, the policy counts for nothing. */
function missing(kind: string, key: string): Doubt {
  return {
    code: "mesh.missing-authentication",
    reason: `the ${kind} ${key} that a policy requires was not read`,
    remedy: "add it to what is read, or correct the reference",
  };
}
