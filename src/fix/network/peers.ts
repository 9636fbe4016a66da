/** Ends of needs as peers of a NetworkPolicy (Kubernetes API reference, NetworkPolicyPeer). */
import { type AddressRange, covers, parseCidr } from "../../engines/reachability/addresses.ts";
import { privateRanges } from "../../engines/reachability/atoms.ts";
import type { ClusterSettings } from "../../engines/reachability/model.ts";
import type { NeedEnd } from "../../engines/reachability/needs/model.ts";
import { cidrsOf } from "./cidrs.ts";
import type { CiliumDns } from "./cilium.ts";
import type { AllowPart, ApiServer, Plain } from "./model.ts";
import type { Subjects, WrittenSelector } from "./subjects.ts";

/** What a NetworkPolicy can say of an end. */
export type WrittenEnd =
  | { readonly kind: "peers"; readonly parts: readonly Part[] }
  /** What only a CiliumNetworkPolicy says, in one of its fields. */
  | { readonly kind: "cilium"; readonly field: string; readonly parts: readonly Part[] }
  /** It cannot be told who it is: everybody, on the one port. */
  | { readonly kind: "everybody"; readonly reason: string }
  | { readonly kind: "none"; readonly reason: string; readonly remedy?: string };

type Part = Omit<AllowPart, "comments">;

export interface PeerContext {
  readonly settings: ClusterSettings;
  readonly subjects: Subjects;
  readonly apiServer: readonly ApiServer[];
  /** CiliumNetworkPolicies may be written. */
  readonly cilium: boolean;
  /** For the DNS rules of those. */
  readonly dns: readonly CiliumDns[];
}

/**
 * The API server's own ports stand behind its Service's: policies are held against those. Where they are not known, and
 * its address need not be, both that clusters have.
 */
export function apiServerPorts({
  settings,
  apiServer,
}: Pick<PeerContext, "settings" | "apiServer">): readonly number[] {
  if (apiServer.length > 0) return apiServer.map(({ port }) => port);
  return settings.cni === "cilium" ? [443, 6443] : [443];
}

const METADATA_NAME = "kubernetes.io/metadata.name";
/** Every address; nodes that stand for clients are among them. */
const EVERY = ["0.0.0.0/0", "::/0"] as const;

/** @param namespace - of the policy @param direction - of the policy: of ingress the end is who comes */
export function writtenEnd(
  end: NeedEnd,
  namespace: string,
  direction: "ingress" | "egress",
  context: PeerContext,
): WrittenEnd {
  switch (end.kind) {
    case "pods": {
      if (end.pods.host) return nodes(context, direction);
      const subject = context.subjects.of(end.pods);
      if (subject?.selector === undefined) {
        return { kind: "none", reason: `the pods of ${end.pods.name} have no labels`, remedy: "label them" };
      }
      return peers([podPeer(namespace, subject.namespace, subject.selector)]);
    }
    case "unread-pods": {
      const selector = Object.keys(end.labels).length === 0 ? undefined : { matchLabels: end.labels };
      if (end.namespace === undefined) return peers([podPeer(namespace, undefined, selector)]);
      return peers([podPeer(namespace, end.namespace, selector)]);
    }
    case "nodes":
      return nodes(context, direction);
    case "api-server":
      // Cilium never holds CIDRs against nodes, of which the API server's may be one.
      if (context.settings.cni === "cilium") return entities(direction, ["kube-apiserver"]);
      if (context.apiServer.length > 0) return addresses(context.apiServer.map(({ range }) => range));
      return direction === "ingress"
        ? { kind: "everybody", reason: "the API server's address is not known, so everybody may ask on this port" }
        : {
            kind: "none",
            reason: "the API server's address is not known",
            remedy: "state it with --api-server ADDRESS[:PORT]",
          };
    case "outside":
      return outside(context.settings);
    case "addresses":
      return end.name === INTERNET ? internet() : addresses(end.ranges);
    case "host":
      if (context.cilium) return cilium("toFQDNs", [hostMatch(end.host)]);
      return {
        kind: "none",
        reason: "a NetworkPolicy cannot name hosts",
        remedy: "list it in network.egress of the policy, and choose --egress cilium, istio or squid",
      };
  }
}

function peers(values: readonly Plain[]): WrittenEnd {
  return { kind: "peers", parts: values.map((value) => ({ key: JSON.stringify(value), values: [value] })) };
}

/** @param target - undefined: every namespace */
function podPeer(own: string, target: string | undefined, selector: WrittenSelector | undefined): Plain {
  const namespaceSelector =
    target === undefined ? {} : target === own ? undefined : { matchLabels: { [METADATA_NAME]: target } };
  const podSelector: Plain | undefined =
    selector === undefined ? (namespaceSelector === undefined ? {} : undefined) : plainSelector(selector);
  return {
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(podSelector === undefined ? {} : { podSelector }),
  };
}

export function plainSelector({ matchLabels, matchExpressions }: WrittenSelector): { readonly [key: string]: Plain } {
  const sorted = Object.fromEntries(Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    matchLabels: sorted,
    ...(matchExpressions === undefined
      ? {}
      : { matchExpressions: matchExpressions.map(({ key, operator }) => ({ key, operator })) }),
  };
}

function cilium(field: string, values: readonly Plain[]): WrittenEnd {
  return { kind: "cilium", field, parts: values.map((value) => ({ key: JSON.stringify(value), values: [value] })) };
}

function entities(direction: "ingress" | "egress", names: readonly string[]): WrittenEnd {
  return cilium(direction === "ingress" ? "fromEntities" : "toEntities", names);
}

/** A pattern's `*` is within one label there. */
function hostMatch(host: string): Plain {
  return host.includes("*") ? { matchPattern: host } : { matchName: host };
}

function nodes({ settings }: PeerContext, direction: "ingress" | "egress"): WrittenEnd {
  if (settings.cni === "cilium") return entities(direction, ["host", "remote-node"]);
  if (settings.nodeCidrs.length > 0) return addresses(settings.nodeCidrs);
  return {
    kind: "none",
    reason: "the addresses of the nodes are not known",
    remedy: "state cluster.nodeCIDRs in the policy",
  };
}

function addresses(ranges: readonly AddressRange[]): WrittenEnd {
  return {
    kind: "peers",
    parts: ranges.map((range) => {
      const values = cidrsOf(range).map((cidr) => ({ ipBlock: { cidr } }));
      return { key: JSON.stringify(values), values };
    }),
  };
}

/** Pods are not clients from outside: where their addresses are known, they are excepted. */
function outside({ podCidrs }: ClusterSettings): WrittenEnd {
  return peers(
    EVERY.map((cidr) => {
      const whole = parseCidr(cidr);
      const except = podCidrs.flatMap((range) => (whole !== undefined && covers(whole, range) ? cidrsOf(range) : []));
      return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } };
    }),
  );
}

/** What every public address is called as an end. */
export const INTERNET = "every public address";

function internet(): WrittenEnd {
  return peers(
    EVERY.map((cidr) => {
      const whole = parseCidr(cidr);
      const except = privateRanges.flatMap((range) =>
        whole !== undefined && covers(whole, range) ? cidrsOf(range) : [],
      );
      return { ipBlock: { cidr, except } };
    }),
  );
}

/** Whether all that the other peer matches is matched by this one, whichever the namespace of the policy is. */
export function subsumes(one: Plain, other: Plain): boolean {
  if (!isMap(one) || !isMap(other)) return false;
  if (one.ipBlock !== undefined && other.ipBlock !== undefined) return blockCovers(one.ipBlock, other.ipBlock);
  const isEveryPod = isMap(one.namespaceSelector) && Object.keys(one.namespaceSelector).length === 0;
  return isEveryPod && one.podSelector === undefined && other.ipBlock === undefined;
}

function blockCovers(one: Plain, other: Plain): boolean {
  if (!isMap(one) || !isMap(other)) return false;
  const outer = parseCidr(String(one.cidr));
  const inner = parseCidr(String(other.cidr));
  if (outer === undefined || inner === undefined || !covers(outer, inner)) return false;
  const holes = Array.isArray(one.except) ? one.except : [];
  return holes.every((hole) => {
    const range = parseCidr(String(hole));
    return (
      range !== undefined && (range.last < inner.first || inner.last < range.first || range.family !== inner.family)
    );
  });
}

function isMap(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === "object" && !Array.isArray(value);
}
