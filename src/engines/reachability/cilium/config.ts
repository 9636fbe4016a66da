/** What the agents' configuration says about policies: the ConfigMap cilium-config, where it was read. */
import { parseJson } from "../../../core/parse-json.ts";
import type { ConfigMap, KubernetesObject, Manifests } from "../../kubernetes/model.ts";
import { createLabelFilter, type LabelFilter } from "./identity-labels.ts";

export interface CiliumConfig {
  /** Absent: none was read, or several that say different things; what is not known then is undefined, else the default. */
  readonly object?: KubernetesObject;
  /** Several ConfigMaps of that name, of different content. */
  readonly isAmbiguous: boolean;
  /**
   * https://docs.cilium.io/en/latest/security/policy/intro/#policy-enforcement-modes: `always` isolates pods that no
   * policy selects, `never` lets everything through; so does the audit mode, which only logs.
   */
  readonly enforcement: "default" | "always" | "never" | "audit";
  /** Kinds of policies that the agents are told not to look at. */
  readonly ignoredKinds: ReadonlySet<string>;
  /** Whether `enableDefaultDeny: false` is honored. */
  readonly takesDefaultDeny: boolean;
  /** https://docs.cilium.io/en/latest/security/policy/layer3/#selecting-nodes-with-cidr-ipblock */
  readonly addressesMatchNodes: boolean;
  readonly hostFirewall: boolean | undefined;
  /** Whether nodes are told apart by their labels, without which fromNodes and toNodes are refused. */
  readonly nodeSelectorLabels: boolean | undefined;
  readonly readsRequests: boolean;
  readonly clusterName: string | undefined;
  readonly isDualStack: boolean | undefined;
  readonly labels: LabelFilter;
  /** Entities to which `policy-entity-selectors` adds pods; undefined where it cannot be read. */
  readonly extendedEntities: ReadonlySet<string> | undefined;
}

export function readCiliumConfig({ configMaps }: Pick<Manifests, "configMaps">): CiliumConfig {
  const found = configMaps.filter(({ object }) => object.name === "cilium-config");
  const isAmbiguous = new Set(found.map(contentOf)).size > 1;
  const [first] = isAmbiguous ? [] : found;
  const data = first?.data ?? {};
  const known = first !== undefined;
  const value = (name: string) => (Object.hasOwn(data, name) ? data[name] : undefined);
  const flag = (name: string, unstated: boolean) => readFlag(value(name)) ?? unstated;
  const maybe = (name: string, unstated: boolean) => (known ? flag(name, unstated) : undefined);
  return {
    ...(first === undefined ? {} : { object: first.object }),
    isAmbiguous,
    enforcement: flag("policy-audit-mode", false) ? "audit" : enforcementOf(value("enable-policy")),
    ignoredKinds: new Set(Object.entries(SWITCHES).flatMap(([name, kind]) => (flag(name, true) ? [] : [kind]))),
    takesDefaultDeny: flag("enable-non-default-deny-policies", true),
    addressesMatchNodes: (value("policy-cidr-match-mode") ?? "").split(/[\s,]+/).includes("nodes"),
    hostFirewall: maybe("enable-host-firewall", false),
    nodeSelectorLabels: maybe("enable-node-selector-labels", false),
    readsRequests: flag("enable-l7-proxy", true),
    clusterName: known ? value("cluster-name") || "default" : undefined,
    isDualStack: both(readFlag(value("enable-ipv4")), readFlag(value("enable-ipv6"))),
    labels: createLabelFilter(known ? (value("labels") ?? "") : undefined),
    extendedEntities: entitiesOf(value("policy-entity-selectors")),
  };
}

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  return a === undefined || b === undefined ? undefined : a && b;
}

const SWITCHES = {
  "enable-k8s-networkpolicy": "NetworkPolicy",
  "enable-cilium-network-policy": "CiliumNetworkPolicy",
  "enable-cilium-clusterwide-network-policy": "CiliumClusterwideNetworkPolicy",
} as const;

function contentOf({ data }: ConfigMap): string {
  return JSON.stringify(Object.entries(data).sort());
}

/** As Go's strconv.ParseBool. */
function readFlag(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

function enforcementOf(text: string | undefined): CiliumConfig["enforcement"] {
  const mode = text?.toLowerCase();
  return mode === "always" || mode === "never" ? mode : "default";
}

function entitiesOf(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined || text === "") return new Set();
  try {
    const parsed: unknown = parseJson(text);
    return typeof parsed === "object" && parsed !== null ? new Set(Object.keys(parsed)) : undefined;
  } catch {
    return undefined;
  }
}
