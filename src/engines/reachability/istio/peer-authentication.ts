/**
 * PeerAuthentication: whether a workload takes connections without mTLS.
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/ and istiod's `ComposePeerAuthentication`.
 *
 * Without a selector a policy is its namespace's, in the root namespace the mesh's; with one it is the workloads'
 * there, and in the root namespace nobody's. Of several at one level the oldest counts. What leaves the mode unset
 * inherits it from the next level, finally PERMISSIVE. Modes of ports count with a selector only. ztunnel knows no DISABLE.
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { groupBy } from "../mesh/members.ts";
import type { InboundMtls, MeshPlace, MtlsMode, PortMtls } from "../mesh-model.ts";
import type { Doubt } from "../rule-model.ts";
import { matchesLabels, type Selector } from "../selector.ts";
import { type IstioContext, isPossible } from "./context.ts";
import { type IstioConfig, namespaceOf } from "./mesh-config.ts";
import { readWorkloadSelector } from "./workload-selector.ts";

type Stated = MtlsMode | "UNSET";

interface PeerAuthentication {
  readonly object: KubernetesObject;
  readonly namespace: string;
  /** Absent: of the whole namespace. */
  readonly selector: Selector | undefined;
  readonly mode: Stated;
  readonly ports: ReadonlyMap<number, Stated>;
}

const MODES: readonly Stated[] = ["UNSET", "DISABLE", "PERMISSIVE", "STRICT"];

/** Of each endpoint that has a proxy, or may have one, which takes connections; undefined of all others. */
export function readPeerAuthentications(context: IstioContext): readonly (InboundMtls | undefined)[] {
  const { reading, pods, members, config } = context;
  const policies = reading
    .objectsOf("security.istio.io", "PeerAuthentication")
    .flatMap((object) => read(context, object));
  const byNamespace = groupBy(policies.keys(), (index) => policies[index]?.namespace);
  const of = (namespace: string) =>
    (byNamespace.get(namespace) ?? []).map((index) => policies[index] as PeerAuthentication);
  const mesh = oldest(of(config.rootNamespace).filter(({ selector }) => selector === undefined));
  const rootDoubt = config.isRead || mesh.policy === undefined ? undefined : unreadRoot(config);
  const remembered = new Map<string, InboundMtls>();

  return pods.list.map((pod, index) => {
    const member = members[index];
    if (member === undefined || pod.host || !isPossible(member) || member.gateway) return undefined;
    const ambient = member.mesh === "istio-ambient";
    const isRoot = pod.namespace === config.rootNamespace;
    const own = of(pod.namespace);
    const namespace = isRoot ? nothing : oldest(own.filter(({ selector }) => selector === undefined));
    const workload = isRoot
      ? nothing
      : oldest(own.filter(({ selector }) => selector !== undefined && matchesLabels(selector, pod.labels)));
    const key = JSON.stringify([
      ambient,
      pod.namespace,
      own.indexOf(workload.policy as PeerAuthentication),
      workload.doubt?.reason,
    ]);
    let found = remembered.get(key);
    if (found === undefined) {
      const meshChoice = rootDoubt === undefined ? mesh : { ...mesh, doubt: mesh.doubt ?? rootDoubt };
      found = effective(meshChoice, namespace, workload, ambient);
      remembered.set(key, found);
    }
    return found;
  });
}

function read({ reading, config, proxies, note }: IstioContext, object: KubernetesObject): PeerAuthentication[] {
  let policy: PeerAuthentication | undefined;
  const namespace = namespaceOf(object);
  reading.policy(object, ["mesh-authentication"], (one) => {
    const { spec, refuse } = one;
    const selector = readWorkloadSelector(one, spec.fields("selector"));
    const inRoot = namespace === config.rootNamespace;
    const there = reading.podSets.select({ namespaces: { name: namespace }, pods: selector });
    one.selects(inRoot ? proxies : reading.podSets.intersect(proxies, there));
    const levels = spec.fields("portLevelMtls");
    const ports = new Map<number, Stated>();
    for (const key of levels?.keys.slice(0, 65_536) ?? []) {
      const port = Number(key);
      if (!/^\d{1,5}$/.test(key) || port < 1 || port > 65_535)
        refuse(`spec.portLevelMtls: ${key.slice(0, 20)} is no port`);
      else ports.set(port, modeOf(levels?.fields(key), refuse));
    }
    if (ports.size > 0 && selector === undefined) refuse("spec.portLevelMtls needs a selector");
    policy = { object, namespace, selector, mode: modeOf(spec.fields("mtls"), refuse), ports };
  });
  if (policy === undefined) return [];
  if (namespace === config.rootNamespace && policy.selector !== undefined) {
    note({
      code: "mesh.policy-ignored",
      reason: "Istio ignores a PeerAuthentication with a selector in the root namespace",
      remedy: "move it into the namespace of the workloads, or remove the selector",
      object,
      field: ["spec", "selector"],
      workloads: [],
    });
  }
  return [policy];
}

function modeOf(mtls: Fields | undefined, refuse: (reason: string) => void): Stated {
  const stated = mtls?.string("mode");
  const mode = MODES.find((one) => one === stated);
  if (stated !== undefined && mode === undefined)
    refuse(`the mode ${stated.slice(0, 40)} must be one of ${MODES.join(", ")}`);
  return mode ?? "UNSET";
}

interface Choice {
  readonly policy: PeerAuthentication | undefined;
  readonly doubt?: Doubt;
}

const nothing: Choice = { policy: undefined };

/** The oldest; of files, which do not say how old an object will be, it is known only where all say the same. */
function oldest(policies: readonly PeerAuthentication[]): Choice {
  const [first, ...others] = policies.toSorted((a, b) => compare(ageOf(a), ageOf(b)));
  if (first === undefined || others.length === 0) return { policy: first };
  const isKnown = policies.every(({ object }) => object.creationTimestamp !== undefined);
  const isAlike = others.every((other) => meaning(other) === meaning(first));
  if (isKnown || isAlike) return { policy: first };
  const names = policies.map(({ object }) => object.name).sort();
  return {
    policy: strictest(policies),
    doubt: {
      code: "mesh.several-policies",
      reason: `of the PeerAuthentications ${names.slice(0, 5).join(", ")} the oldest counts, and files do not tell which it is`,
      remedy: "keep one of them, or audit the live cluster",
    },
  };
}

/** What may be STRICT, of any port, may be so of all: the doubt stands over whatever follows from it. */
function strictest(policies: readonly PeerAuthentication[]): PeerAuthentication {
  const isStrict = ({ mode, ports }: PeerAuthentication) => mode === "STRICT" || [...ports.values()].includes("STRICT");
  const inherits = policies.find(({ mode }) => mode === "UNSET");
  const found = policies.find(isStrict) ?? inherits ?? (policies[0] as PeerAuthentication);
  return { ...found, mode: isStrict(found) ? "STRICT" : found.mode, ports: new Map() };
}

/** Of equally old ones istiod takes the first by name. */
function ageOf({ object }: PeerAuthentication): string {
  return `${object.creationTimestamp ?? ""} ${object.name}.${object.namespace ?? ""}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function meaning({ mode, ports }: PeerAuthentication): string {
  return JSON.stringify([mode, [...ports].sort()]);
}

function unreadRoot({ rootNamespace }: IstioConfig): Doubt {
  return {
    code: "mesh.root-namespace",
    reason: `a policy of ${rootNamespace} is the mesh's only where that is the root namespace, and Istio's configuration was not read`,
    remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
  };
}

function effective(mesh: Choice, namespace: Choice, workload: Choice, ambient: boolean): InboundMtls {
  let result: PortMtls = { mode: "PERMISSIVE" };
  for (const { policy, doubt } of [mesh, namespace, workload]) {
    if (policy === undefined) continue;
    // While it is open which policy counts, it is open whether it states a mode at all.
    if (policy.mode === "UNSET" && doubt === undefined) continue;
    const mode = policy.mode === "UNSET" ? result.mode : policy.mode;
    result = {
      mode: ofProxy(mode, ambient),
      decidedBy: { object: policy.object, field: ["spec", "mtls"] },
      ...(doubt && { doubt }),
    };
  }
  const ports = new Map<number, PortMtls>();
  const { policy, doubt } = workload;
  for (const [port, stated] of policy === undefined ? [] : exceptions(policy, result, ambient)) {
    if (stated === "UNSET") continue;
    const decidedBy: MeshPlace = {
      object: (policy as PeerAuthentication).object,
      field: ["spec", "portLevelMtls", `${port}`],
    };
    ports.set(port, { mode: ofProxy(stated, ambient), decidedBy, ...(doubt && { doubt }) });
  }
  return { ...result, ports };
}

function ofProxy(mode: MtlsMode, ambient: boolean): MtlsMode {
  return ambient && mode === "DISABLE" ? "PERMISSIVE" : mode;
}

/**
 * For ztunnel istiod turns the policy into a rule of its own. Where the mode is inherited as STRICT it looks for a
 * PERMISSIVE port only: with none, DISABLE opens nothing (`convertedSelectorPeerAuthentications`).
 */
function exceptions(
  { mode, ports }: PeerAuthentication,
  inherited: PortMtls,
  ambient: boolean,
): Iterable<readonly [number, Stated]> {
  const opensNothing =
    ambient && mode === "UNSET" && inherited.mode === "STRICT" && ![...ports.values()].includes("PERMISSIVE");
  return opensNothing ? [...ports].filter(([, stated]) => stated !== "DISABLE") : ports;
}
