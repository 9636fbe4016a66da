/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy. What they allow is a union with what NetworkPolicy allows, and what
 * they deny is denied whatever either allows: https://docs.cilium.io/en/latest/security/policy/deny/
 */
import { effectiveNamespace, formatFieldPath, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { otherCniGap } from "../other-cni.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { bands, groups, type Rule, type StageName } from "../rule-model.ts";
import { type CidrGroup, readCidrGroups } from "./addresses.ts";
import { type CiliumConfig, readCiliumConfig } from "./config.ts";
import { documents } from "./documents.ts";
import { type EndpointSelector, readEndpointSelector } from "./endpoint-selector.ts";
import { createPodPicker, type PickedPods, subjectSelector, unreadLabels } from "./pods.ts";
import { readRule } from "./rules.ts";

const NAMESPACED = "CiliumNetworkPolicy";
const CLUSTERWIDE = "CiliumClusterwideNetworkPolicy";
const DIRECTIONS = ["ingress", "egress"] as const;
type Direction = (typeof DIRECTIONS)[number];
const STAGES = { ingress: "network-ingress", egress: "network-egress" } as const;

export function readCilium(reading: Reading): void {
  const policies = [NAMESPACED, CLUSTERWIDE].flatMap((kind) => reading.objectsOf("cilium.io", kind));
  const { cni } = reading.settings;
  if (cni !== undefined && cni !== "cilium") {
    for (const object of policies) reading.gap(otherCniGap(object, "Cilium", cni));
    return;
  }
  const config = readCiliumConfig(reading.manifests);
  if (!isEnforced(reading, config)) return;
  const context: Context = {
    reading,
    config,
    cidrGroups: readCidrGroups(reading),
    pick: createPodPicker(reading, config),
  };
  for (const object of policies) {
    if (config.ignoredKinds.has(object.kind)) {
      reading.gap({
        code: "network.policy-without-effect",
        reason: `cilium-config has the agents ignore every ${object.kind}`,
        object,
      });
    } else reading.policy(object, Object.values(STAGES), (policy) => readPolicy(context, policy));
  }
  const plain = reading.objectsOf("networking.k8s.io", "NetworkPolicy");
  if (config.ignoredKinds.has("NetworkPolicy") && config.object !== undefined && plain.length > 0) {
    const doubt = {
      code: "network.policy-without-effect",
      reason: "enable-k8s-networkpolicy has Cilium ignore every NetworkPolicy, of which there are some",
    };
    const field = ["data", "enable-k8s-networkpolicy"];
    reading.doubtful(config.object, doubt, reading.podSets.all, Object.values(STAGES), field);
  }
  if (config.enforcement === "always" && config.object !== undefined) isolateAll(reading, config.object);
}

interface Context {
  readonly reading: Reading;
  readonly config: CiliumConfig;
  readonly cidrGroups: readonly CidrGroup[];
  pick(selector: EndpointSelector): PickedPods;
}

/** Says what in the configuration keeps policies from having effect, or makes it doubtful which is in force. */
function isEnforced(reading: Reading, { isAmbiguous, enforcement, object }: CiliumConfig): boolean {
  if (isAmbiguous) {
    reading.gap({
      code: "network.cilium-config",
      reason: "there are several ConfigMaps cilium-config of different content, and none of them was used",
      remedy: "read the manifests of one cluster at a time",
    });
  }
  for (const override of reading.objectsOf("cilium.io", "CiliumNodeConfig")) {
    reading.gap({
      code: "network.cilium-config",
      reason: "it changes Cilium's configuration on some nodes, which is not evaluated",
      object: override,
    });
  }
  if ((enforcement !== "never" && enforcement !== "audit") || object === undefined) return true;
  reading.gap({
    code: "network.policy-without-effect",
    reason:
      enforcement === "never"
        ? "enable-policy: never has Cilium enforce no policy"
        : "policy-audit-mode has Cilium log what policies deny, and let it through",
    remedy: "set enable-policy: default, and policy-audit-mode: false",
    object,
    field: ["data", enforcement === "never" ? "enable-policy" : "policy-audit-mode"],
  });
  // Whatever other policies deny: behind what is not evaluated, before all that is.
  for (const stage of Object.values(STAGES)) {
    reading.rule({
      ...ofConfiguration(reading, object, enforcement === "never" ? "enable-policy" : "policy-audit-mode"),
      stage,
      group: groups.foreign,
      band: 1,
      action: "accept",
    });
  }
  return false;
}

function ofConfiguration(
  reading: Reading,
  object: KubernetesObject,
  key: string,
): Omit<Rule, "stage" | "group" | "band" | "action"> {
  return {
    list: 0,
    index: 0,
    object,
    field: ["data", key],
    role: "default",
    subject: reading.podSets.all,
    peers: [{ kind: "everything" }],
    ports: { numbers: reading.portSets.all, named: [] },
    source: documents.enforcement,
  };
}

function isolateAll(reading: Reading, object: KubernetesObject): void {
  for (const direction of DIRECTIONS) {
    reading.rule({
      ...ofConfiguration(reading, object, "enable-policy"),
      stage: STAGES[direction],
      group: groups.policy,
      band: bands.isolation,
      action: "deny",
    });
  }
}

const SPEC_FIELDS = [
  "endpointSelector",
  "nodeSelector",
  "ingress",
  "ingressDeny",
  "egress",
  "egressDeny",
  "enableDefaultDeny",
  "labels",
  "description",
  "log",
];

function readPolicy(context: Context, policy: PolicyReading): void {
  const { root, object } = policy;
  const isNamespaced = object.kind === NAMESPACED;
  const namespace = isNamespaced ? (effectiveNamespace(object) ?? "default") : undefined;
  const single = root.fields("spec");
  const specs = [...(single === undefined ? [] : [single]), ...root.list("specs")];
  if (specs.length === 0) policy.refuse("it has neither spec nor specs");
  const subjects = specs.map((spec) => subjectOf(context, policy, spec, namespace));
  const { podSets } = context.reading;
  policy.selects(podSets.union(subjects.flatMap((one) => (one === undefined ? [] : [one.sure, one.maybe]))));
  for (const [index, spec] of specs.entries()) {
    const subject = subjects[index];
    if (subject === undefined) hostPolicy(context, policy, spec);
    else readSpec(context, policy, spec, namespace, subject);
  }
}

/** Undefined for a policy about nodes. */
function subjectOf(
  { pick }: Context,
  { refuse }: PolicyReading,
  spec: Fields,
  namespace: string | undefined,
): PickedPods | undefined {
  const path = formatFieldPath(spec.path());
  for (const key of spec.keys) if (!SPEC_FIELDS.includes(key)) refuse(`${path}.${key} is not a field of a policy`);
  const pods = spec.fields("endpointSelector");
  const nodes = spec.fields("nodeSelector");
  if (pods !== undefined && nodes !== undefined) refuse(`${path} has both endpointSelector and nodeSelector`);
  if (pods === undefined && nodes === undefined) refuse(`${path} has neither endpointSelector nor nodeSelector`);
  if (pods === undefined && nodes !== undefined) {
    if (namespace !== undefined) refuse(`${path}.nodeSelector is possible in a ${CLUSTERWIDE} only`);
    readEndpointSelector(nodes, refuse);
    return undefined;
  }
  return pick(subjectSelector(readEndpointSelector(pods ?? spec.empty(), refuse), namespace));
}

/** Nodes, and pods on their network with them, are never the subject of rules here. */
function hostPolicy({ reading, config }: Context, { object }: PolicyReading, spec: Fields): void {
  const off = config.hostFirewall === false;
  reading.gap({
    code: off ? "network.policy-without-effect" : "network.host-policy",
    reason: off
      ? "it is about nodes, and enable-host-firewall is off in cilium-config"
      : "it is about nodes and the pods on their network, for which policies are not evaluated",
    object,
    field: [...spec.path(), "nodeSelector"],
  });
}

function readSpec(
  context: Context,
  policy: PolicyReading,
  spec: Fields,
  namespace: string | undefined,
  subject: PickedPods,
): void {
  const { reading, config } = context;
  const { object } = policy;
  const stages: StageName[] = [];
  let rules = 0;
  for (const direction of DIRECTIONS) {
    const lists = [
      [direction, "accept"],
      [`${direction}Deny`, "deny"],
    ] as const;
    const stated = lists.filter(([name]) => spec.list(name).length > 0);
    if (stated.length === 0) continue;
    stages.push(STAGES[direction]);
    for (const [name, action] of stated) {
      for (const rule of spec.list(name)) {
        rules++;
        readRule({ ...context, policy, object, namespace, subject: subject.sure, direction, action }, rule);
      }
    }
    if (isolates(config, spec, direction)) {
      reading.rule({
        stage: STAGES[direction],
        group: groups.policy,
        band: bands.isolation,
        list: 0,
        index: 0,
        action: "deny",
        object,
        field: [...spec.path(), stated[0]?.[0] ?? direction],
        role: "isolation",
        subject: subject.sure,
        peers: [{ kind: "everything" }],
        ports: { numbers: reading.portSets.all, named: [] },
        source: documents.enforcement,
      });
    }
  }
  if (rules === 0) policy.refuse(`${formatFieldPath(spec.path())} has no rules, and Cilium takes no policy without`);
  if (subject.maybe.members.length > 0) {
    reading.doubtful(object, unreadLabels, subject.maybe, stages, [...spec.path(), "endpointSelector"]);
  }
}

/** Of a direction for which it has rules: unless it says otherwise. */
function isolates({ takesDefaultDeny }: CiliumConfig, spec: Fields, direction: Direction): boolean {
  return !takesDefaultDeny || (spec.fields("enableDefaultDeny")?.boolean(direction) ?? true);
}
