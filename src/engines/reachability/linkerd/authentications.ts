/**
 * Whom Linkerd's policies authorize. An identity is `SERVICE_ACCOUNT.NAMESPACE.serviceaccount.identity.CONTROL_PLANE.TRUST_DOMAIN`.
 * Source: https://linkerd.io/2/reference/authorization-policy/ and the policy controller (`policy_client_authz`).
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, parseCidr, subtract, union } from "../addresses.ts";
import type { Pods } from "../mesh/members.ts";
import { isEverywhere, type SourceCondition } from "../mesh/sources.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import type { DefaultPolicy, LinkerdConfig } from "./configuration.ts";

export interface IdentityContext {
  readonly reading: Reading;
  readonly pods: Pods;
  readonly config: LinkerdConfig;
}

const UNREAD: Doubt = {
  code: "mesh.trust-domain",
  reason:
    "the policy names an identity, and the mesh's trust domain is not known: Linkerd's configuration was not read",
  remedy: "add the ConfigMap linkerd-config to what is read, or audit the live cluster",
};

/** Clients with one of the identities: `*` any, `*.x` what ends so, else exactly that. */
export function byIdentity(
  { reading: { podSets }, pods, config }: IdentityContext,
  identities: readonly string[],
  ranges?: readonly AddressRange[],
): SourceCondition {
  const suffixes = identities.filter((one) => one.startsWith("*")).map((one) => one.slice(1));
  const end = `.serviceaccount.identity.${config.namespace}.${config.trustDomain}`;
  const sure = new Set<number>();
  const maybe = new Set<number>();
  for (const identity of identities) {
    const [account = "", namespace = ""] = identity.split(".", 2);
    const place = pods.accountPlaces.get(`${namespace}/${account}`);
    if (place === undefined || identity.startsWith("*")) continue;
    if (identity === `${account}.${namespace}${end}`) sure.add(place);
    else if (!config.isRead && identity.startsWith(`${account}.${namespace}.serviceaccount.identity.`))
      maybe.add(place);
  }
  if (suffixes.length > 0) {
    for (const [place, { namespace, serviceAccount }] of pods.accounts.entries()) {
      if (suffixes.some((suffix) => `${serviceAccount}.${namespace}${end}`.endsWith(suffix))) sure.add(place);
    }
  }
  const certain = pods.withAccounts(sure);
  const unsure = podSets.subtract(pods.withAccounts(maybe), certain);
  return {
    identities: podSets.union([certain, unsure]),
    ...(unsure.members.length === 0 ? {} : { maybe: { pods: unsure, doubt: UNREAD } }),
    anonymous: false,
    ...within(ranges),
  };
}

/** @param accounts - `namespace/name` */
export function byServiceAccounts({ pods }: IdentityContext, accounts: readonly string[]): PodSet {
  return pods.withAccounts(new Set(accounts.flatMap((name) => pods.accountPlaces.get(name) ?? [])));
}

/** The condition, and these for certain. */
export function alsoFor(
  { reading: { podSets } }: IdentityContext,
  condition: SourceCondition,
  pods: PodSet,
): SourceCondition {
  const { maybe, ...rest } = condition;
  const unsure = maybe === undefined ? podSets.none : podSets.subtract(maybe.pods, pods);
  return {
    ...rest,
    identities: podSets.union([condition.identities, pods]),
    ...(maybe === undefined || unsure.members.length === 0 ? {} : { maybe: { ...maybe, pods: unsure } }),
  };
}

/** @param anonymous - whether clients outside the mesh count */
export function anyClient(
  { reading: { podSets } }: IdentityContext,
  anonymous: boolean,
  ranges?: readonly AddressRange[],
): SourceCondition {
  return { identities: podSets.all, anonymous, ...within(ranges) };
}

function within(ranges: readonly AddressRange[] | undefined): Pick<SourceCondition, "ranges"> {
  return ranges === undefined || isEverywhere(ranges) ? {} : { ranges };
}

/** Undefined: nobody. */
export function byDefaultPolicy(context: IdentityContext, policy: DefaultPolicy): SourceCondition | undefined {
  const networks = context.config.clusterNetworks;
  switch (policy) {
    case "all-unauthenticated":
    case "audit":
      return anyClient(context, true);
    case "all-authenticated":
      return anyClient(context, false);
    case "cluster-unauthenticated":
      return anyClient(context, true, networks);
    case "cluster-authenticated":
      return anyClient(context, false, networks);
    case "deny":
      return undefined;
  }
}

type Refuse = (reason: string) => void;

/** `networks: [{cidr, except}]`; undefined where none is stated. */
export function readNetworks(fields: Fields, refuse: Refuse): readonly AddressRange[] | undefined {
  const list = fields.list("networks");
  if (list.length === 0) return undefined;
  const ranges = list.flatMap((network) => {
    const cidr = rangeOf(network.string("cidr"), network, refuse);
    const except = network.strings("except").flatMap((one) => rangeOf(one, network, refuse) ?? []);
    return cidr === undefined ? [] : subtract([cidr], except);
  });
  return union(ranges);
}

function rangeOf(text: string | undefined, fields: Fields, refuse: Refuse): AddressRange | undefined {
  const range = text === undefined ? undefined : parseCidr(text);
  if (range === undefined) refuse(`${fields.path().join(".")}: ${(text ?? "").slice(0, 60)} is no address or CIDR`);
  return range;
}

/** By namespace and name. */
export interface Authentications {
  readonly meshTls: ReadonlyMap<string, SourceCondition>;
  readonly networks: ReadonlyMap<string, readonly AddressRange[]>;
}

export function readAuthentications(context: IdentityContext): Authentications {
  const { reading } = context;
  const meshTls = new Map<string, SourceCondition>();
  const networks = new Map<string, readonly AddressRange[]>();
  const each = (kind: string, read: (spec: Fields, object: KubernetesObject, refuse: Refuse) => void) => {
    for (const object of reading.objectsOf("policy.linkerd.io", kind)) {
      reading.policy(object, [], ({ spec, refuse }) => read(spec, object, refuse));
    }
  };
  each("MeshTLSAuthentication", (spec, object, refuse) => {
    const namespace = object.namespace ?? "default";
    const refs = spec.list("identityRefs").map((ref) => ({
      kind: ref.string("kind"),
      name: ref.string("name") ?? "",
      namespace: ref.string("namespace") ?? namespace,
    }));
    const unknown = refs.find(({ kind }) => kind !== "ServiceAccount" && kind !== "Namespace");
    if (unknown !== undefined)
      refuse(`spec.identityRefs: ${String(unknown.kind).slice(0, 40)} must be ServiceAccount or Namespace`);
    const listed = spec.strings("identities");
    // Without any it is nobody's, and a policy that requires it counts for nothing.
    if (listed.length + refs.length === 0) return refuse("spec has neither identities nor identityRefs");
    const byName = byIdentity(context, listed);
    const accounts = byServiceAccounts(
      context,
      refs.filter(({ kind }) => kind === "ServiceAccount").map((ref) => `${ref.namespace}/${ref.name}`),
    );
    const spaces = new Set(refs.filter(({ kind }) => kind === "Namespace").map(({ name }) => name));
    const inSpaces = context.pods.where(JSON.stringify(["namespaces", [...spaces]]), (pod) =>
      spaces.has(pod.namespace),
    );
    const known = reading.podSets.union([accounts, inSpaces]);
    meshTls.set(`${namespace}/${object.name}`, alsoFor(context, byName, known));
  });
  each("NetworkAuthentication", (spec, object, refuse) => {
    const ranges = readNetworks(spec, refuse);
    if (ranges === undefined) return refuse("spec.networks is missing");
    networks.set(`${object.namespace ?? "default"}/${object.name}`, ranges);
  });
  return { meshTls, networks };
}
