/** Takes out of a cluster's object what a server added to what somebody wrote, where it would be judged as theirs. */
import { isObject } from "../../../core/untyped.ts";

type Plain = Readonly<Record<string, unknown>>;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Without its status, its managed fields, the copy that `kubectl apply` keeps, and the host ports that the server gives to
 * a pod of the host's network.
 *
 * @param version - of the API server: until 1.27 it gave them to templates too, not to Pods alone (its changelog of 1.28,
 *   `DefaultHostNetworkHostPortsInPodTemplates`)
 */
export function asWritten(object: Plain, version?: string): Plain {
  const { status: _, metadata, ...rest } = object;
  const written: Record<string, unknown> = { ...rest };
  if (isObject(metadata)) {
    const { managedFields: __, annotations, ...own } = metadata;
    written.metadata = { ...own, ...(annotations === undefined ? {} : { annotations: withoutCopy(annotations) }) };
  } else if (metadata !== undefined) written.metadata = metadata;
  if (!isObject(written.spec) || lastApplied(metadata)) return written;
  const isPod = Array.isArray(written.spec.containers);
  return isPod || fillsTemplates(version) ? { ...written, spec: withoutHostPorts(written.spec) } : written;
}

/** What of a status tells of the network: addresses, as the kubelet and the cloud reported them. */
export function reportedAddresses(kind: string, { status }: Plain): Plain {
  if (!isObject(status)) return {};
  const kept = (...names: readonly string[]) => {
    const some = names.filter((name) => status[name] !== undefined).map((name) => [name, status[name]]);
    return some.length === 0 ? {} : { status: Object.fromEntries(some) };
  };
  if (kind === "Node") return kept("addresses");
  const hasEnded = status.phase === "Succeeded" || status.phase === "Failed";
  return kind === "Pod" && !hasEnded ? kept("podIP", "podIPs") : {};
}

/** What of a status says how it went, without messages, which may quote what was read. */
const SYNC_FIELDS = [
  ...["refreshTime", "mounted", "secretProviderClassName", "failedNamespaces", "lastRenewalTime", "secretLease"],
  ...["valid", "expiration", "notAfter"],
];

/** Of what fills Secrets, and of stores: what their controllers say of their last attempt. */
export function reportedSync(list: string, { status }: Plain): Plain {
  if ((list !== "externalSecrets" && list !== "secretStores") || !isObject(status)) return {};
  const { conditions } = status;
  const kept = SYNC_FIELDS.filter((name) => status[name] !== undefined).map((name) => [name, status[name]]);
  return {
    status: {
      ...Object.fromEntries(kept),
      ...(Array.isArray(conditions) ? { conditions: conditions.map(withoutMessage) } : {}),
    },
  };
}

function withoutMessage(condition: unknown): unknown {
  if (!isObject(condition)) return condition;
  const { message: _, ...rest } = condition;
  return rest;
}

function fillsTemplates(version: string | undefined): boolean {
  const [, major, minor] = /^v(\d{1,3})\.(\d{1,3})/.exec(version ?? "") ?? [];
  return major === "1" && Number(minor) < 28;
}

function withoutCopy(annotations: unknown): unknown {
  if (!isObject(annotations) || !Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== LAST_APPLIED));
}

/** Whether what was applied states a host port itself. */
function lastApplied(metadata: unknown): boolean {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  const text = Object.hasOwn(annotations, LAST_APPLIED) ? annotations[LAST_APPLIED] : undefined;
  const managed = isObject(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return (
    (typeof text === "string" && text.includes('"hostPort"')) ||
    managed.some(
      (entry: unknown) =>
        isObject(entry) && entry.operation === "Apply" && JSON.stringify(entry.fieldsV1 ?? {}).includes('"f:hostPort"'),
    )
  );
}

/**
 * On the host's network each port of a container is one of the host's: the API server then writes it as `hostPort` too, which
 * nobody can take out of what they wrote.
 */
function withoutHostPorts(spec: Plain): Plain {
  // Of a CronJob, of what has a template, of a Pod.
  for (const inner of ["jobTemplate", "template"]) {
    const holder = spec[inner];
    if (isObject(holder) && isObject(holder.spec)) {
      return { ...spec, [inner]: { ...holder, spec: withoutHostPorts(holder.spec) } };
    }
  }
  if (spec.hostNetwork !== true) return spec;
  const containers = (list: unknown) => (Array.isArray(list) ? list.map(withoutOwnPorts) : list);
  return {
    ...spec,
    ...(spec.containers === undefined ? {} : { containers: containers(spec.containers) }),
    ...(spec.initContainers === undefined ? {} : { initContainers: containers(spec.initContainers) }),
  };
}

function withoutOwnPorts(container: unknown): unknown {
  if (!isObject(container) || !Array.isArray(container.ports)) return container;
  const ports = container.ports.map((port: unknown) => {
    if (!isObject(port) || port.hostPort !== port.containerPort) return port;
    const { hostPort: _, ...rest } = port;
    return rest;
  });
  return { ...container, ports };
}
