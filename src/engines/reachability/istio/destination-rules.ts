/**
 * DestinationRule: whether sidecars and gateways speak mTLS to a host. Without one they do wherever the destination has a
 * proxy (auto mTLS). Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 *
 * Of the rules for a host those in the client's own namespace count, else those in the Service's, else those in the
 * root namespace; among them the most specific host. Settings of a port replace those of the whole.
 */
import { someOf } from "../../../core/counted.ts";
import { greatest } from "../../../core/extremes.ts";
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { fullHost, type MeshService, matchesHost } from "../mesh/services.ts";
import type { ClientTls, MeshNote } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Doubt } from "../rule-model.ts";
import type { IstioContext } from "./context.ts";
import { namespaceOf } from "./mesh-config.ts";

interface DestinationRule {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly host: string;
  readonly exportTo: readonly string[];
  readonly whole: Tls | undefined;
  /** By the Service's port; undefined: settings without TLS, which is the mesh's own again. */
  readonly byPort: ReadonlyMap<number, Tls | undefined>;
  /** It is about some clients, or some of the Service's pods, only. */
  readonly isPartial: boolean;
}

interface Tls {
  readonly mode: ClientTls["mode"];
  readonly field: FieldPath;
}

const MODES: Readonly<Record<string, ClientTls["mode"]>> = {
  DISABLE: "plaintext",
  SIMPLE: "other-tls",
  MUTUAL: "other-tls",
  ISTIO_MUTUAL: "mtls",
};

export function readDestinationRules(context: IstioContext): readonly ClientTls[] {
  const rules = context.reading
    .objectsOf("networking.istio.io", "DestinationRule")
    .flatMap((object) => read(context, object));
  if (!rules.some(speaksOfTls)) return [];
  const exact = new Map<string, DestinationRule[]>();
  for (const rule of rules) {
    const there = exact.get(rule.host);
    if (there === undefined) exact.set(rule.host, [rule]);
    else there.push(rule);
  }
  const wildcards = rules.filter(({ host }) => host.startsWith("*"));
  const behind = servicesOfPods(context.services);
  const overrides = context.services.flatMap((service) => {
    const matching = [
      ...(exact.get(service.host) ?? []),
      ...wildcards.filter(({ host }) => matchesHost(host, service.host)),
    ];
    return ofService(context, service, matching, behind);
  });
  for (const override of overrides) noteOf(context, override);
  return overrides;
}

function speaksOfTls({ whole, byPort }: DestinationRule): boolean {
  return whole !== undefined || [...byPort.values()].some((tls) => tls !== undefined);
}

function read({ reading, note }: IstioContext, object: KubernetesObject): DestinationRule[] {
  let rule: DestinationRule | undefined;
  const namespace = namespaceOf(object);
  // A DestinationRule decides nothing by itself: what cannot be read of it is a gap, and no pod is unknown for it.
  reading.policy(object, [], ({ spec, refuse }) => {
    const host = spec.string("host");
    if (host === undefined || host === "") return refuse("spec.host is missing");
    const policy = spec.fields("trafficPolicy");
    const byPort = new Map<number, Tls | undefined>();
    for (const settings of policy?.list("portLevelSettings") ?? []) {
      const port = settings.fields("port")?.integer("number");
      if (port !== undefined) byPort.set(port, tlsOf(settings, refuse));
    }
    rule = {
      object,
      namespace,
      host: fullHost(host, namespace),
      exportTo: spec.strings("exportTo"),
      whole: policy === undefined ? undefined : tlsOf(policy, refuse),
      byPort,
      isPartial:
        spec.has("workloadSelector") ||
        spec.list("subsets").some((one) => one.fields("trafficPolicy")?.has("tls") === true),
    };
  });
  if (rule !== undefined) return [rule];
  note({
    code: "mesh.policy-ignored",
    reason: "the DestinationRule has no host that can be read",
    object,
    field: ["spec", "host"],
    workloads: [],
  });
  return [];
}

function tlsOf(settings: Fields, refuse: (reason: string) => void): Tls | undefined {
  const tls = settings.fields("tls");
  if (tls === undefined) return undefined;
  // The mode's zero value is DISABLE.
  const stated = tls.string("mode") ?? "DISABLE";
  const mode = Object.hasOwn(MODES, stated) ? MODES[stated] : undefined;
  if (mode === undefined) {
    refuse(`${tls.path().join(".")}.mode must be one of ${Object.keys(MODES).join(", ")}`);
    return undefined;
  }
  return { mode, field: tls.path() };
}

function servicesOfPods(services: readonly MeshService[]): ReadonlyMap<number, readonly MeshService[]> {
  const result = new Map<number, MeshService[]>();
  for (const service of services) {
    for (const pod of service.pods.members) {
      const there = result.get(pod);
      if (there === undefined) result.set(pod, [service]);
      else there.push(service);
    }
  }
  return result;
}

function ofService(
  context: IstioContext,
  service: MeshService,
  matching: readonly DestinationRule[],
  behind: ReadonlyMap<number, readonly MeshService[]>,
): ClientTls[] {
  if (!matching.some(speaksOfTls)) return [];
  const { podSets } = context.reading;
  const own = new Set(matching.map(({ namespace }) => namespace));
  const clients: { readonly pods: PodSet; readonly namespace: string | undefined }[] = [...own].map((namespace) => ({
    pods: podSets.select({ namespaces: { name: namespace }, pods: undefined }),
    namespace,
  }));
  clients.push({
    pods: podSets.subtract(podSets.all, podSets.union(clients.map(({ pods }) => pods))),
    namespace: undefined,
  });
  return clients.flatMap(({ pods, namespace }) => {
    const sources = podSets.intersect(pods, context.proxies);
    if (sources.members.length === 0) return [];
    return ofClients(
      context,
      service,
      sources,
      chosen(matching, namespace, service.namespace, context.config.rootNamespace),
      behind,
    );
  });
}

/** @param client - the clients' namespace; absent: one that has no rule for the host */
function chosen(
  rules: readonly DestinationRule[],
  client: string | undefined,
  server: string,
  root: string,
): readonly DestinationRule[] {
  for (const scope of [client, server, root]) {
    const there = rules.filter(
      ({ namespace, exportTo }) =>
        scope !== undefined && namespace === scope && (scope === client || isExported(exportTo, namespace, client)),
    );
    if (there.length === 0) continue;
    const exact = there.filter(({ host }) => !host.startsWith("*"));
    const longest = greatest(there.map(({ host }) => host.length));
    return exact.length > 0 ? exact : there.filter(({ host }) => host.length === longest);
  }
  return [];
}

function isExported(exportTo: readonly string[], own: string, client: string | undefined): boolean {
  return exportTo.length === 0 || exportTo.some((to) => to === "*" || to === client || (to === "." && client === own));
}

function ofClients(
  { reading: { portSets } }: IstioContext,
  service: MeshService,
  sources: PodSet,
  rules: readonly DestinationRule[],
  behind: ReadonlyMap<number, readonly MeshService[]>,
): ClientTls[] {
  const neighbours = new Set([...service.pods.members].flatMap((pod) => behind.get(pod) ?? []));
  neighbours.delete(service);
  return service.targets.flatMap(({ port, ports }) => {
    const said = rules.map((rule) => ({ rule, tls: rule.byPort.has(port) ? rule.byPort.get(port) : rule.whole }));
    const first = said.find(({ tls }) => tls !== undefined);
    if (first?.tls === undefined || service.pods.members.length === 0) return [];
    const { rule, tls } = first;
    const isDisputed = said.some((other) => other.tls?.mode !== tls.mode) || rules.some(({ isPartial }) => isPartial);
    const another = [...neighbours].find(({ targets }) =>
      targets.some((target) => portSets.intersect(target.ports, ports) !== portSets.none),
    );
    const doubt = isDisputed ? DISPUTED : another === undefined ? undefined : otherWay(another);
    return [
      {
        object: rule.object,
        field: tls.field,
        sources: sources.members,
        destinations: service.pods.members,
        ports,
        mode: tls.mode,
        ...(doubt === undefined ? {} : { doubt }),
      },
    ];
  });
}

const DISPUTED: Doubt = {
  code: "mesh.several-destination-rules",
  reason: "DestinationRules of the host state different TLS modes, or state one for some clients or subsets only",
  remedy: "state one TLS mode for the host",
};

function otherWay({ object }: MeshService): Doubt {
  return {
    code: "mesh.several-services",
    reason: `the Service ${object.name} leads to the same pods, and its own DestinationRules count there`,
  };
}

function noteOf({ note, pods, members }: IstioContext, { mode, object, field, destinations }: ClientTls): void {
  if (mode === "mtls") return;
  const workloads = [...destinations].filter((index) => members[index]?.mesh !== "none");
  if (workloads.length === 0) return;
  const one: MeshNote = {
    code: "mesh.client-plaintext",
    reason: `clients speak ${mode === "plaintext" ? "plaintext" : "TLS that is not the mesh's"} to ${names(pods.list, workloads)}, which is in the mesh`,
    remedy: "remove tls from the DestinationRule, or set its mode: ISTIO_MUTUAL",
    object,
    field,
    workloads,
  };
  note(one);
}

function names(list: readonly { readonly name: string }[], indices: readonly number[]): string {
  return someOf(indices, 3, (index) => list[index]?.name ?? "");
}
