/**
 * Pods that prometheus-operator makes of its own kinds: their labels and ports, which no object states. Source: its API
 * reference, `podMetadata` and `portName`, and pkg/{prometheus,alertmanager,thanos}/statefulset.go.
 */
import { isObject, valueAt } from "../../core/untyped.ts";
import { type ContainerPort, rawOf, type Workload } from "../kubernetes/model.ts";

export interface OperatorPods {
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
  /** `false` where its own processes ask nothing of the API server. */
  readonly asksApiServer: boolean;
  /** How many there are. */
  readonly replicas: number;
}

interface Made {
  /** `app.kubernetes.io/name`. */
  readonly name: string;
  /** The label that bears the object's name besides `app.kubernetes.io/instance`. */
  readonly own: string;
  readonly webPort: number;
  readonly ports: readonly ContainerPort[];
  readonly asksApiServer: boolean;
}

const RELOADER: ContainerPort = { name: "reloader-web", containerPort: 8080, protocol: "TCP" };

const KINDS: Readonly<Record<string, Made>> = {
  Prometheus: { name: "prometheus", own: "prometheus", webPort: 9090, ports: [RELOADER], asksApiServer: true },
  PrometheusAgent: {
    name: "prometheus-agent",
    own: "operator.prometheus.io/name",
    webPort: 9090,
    ports: [RELOADER],
    asksApiServer: true,
  },
  Alertmanager: {
    name: "alertmanager",
    own: "alertmanager",
    webPort: 9093,
    ports: [
      { name: "mesh-tcp", containerPort: 9094, protocol: "TCP" },
      { name: "mesh-udp", containerPort: 9094, protocol: "UDP" },
      RELOADER,
    ],
    asksApiServer: false,
  },
  ThanosRuler: {
    name: "thanos-ruler",
    own: "thanos-ruler",
    webPort: 10_902,
    ports: [{ name: "grpc", containerPort: 10_901, protocol: "TCP" }, RELOADER],
    asksApiServer: false,
  },
};

/** @returns undefined for every other kind */
export function operatorPods({ object }: Workload): OperatorPods | undefined {
  if (object.group !== "monitoring.coreos.com") return undefined;
  const made = Object.hasOwn(KINDS, object.kind) ? KINDS[object.kind] : undefined;
  if (made === undefined) return undefined;
  const spec = valueAt(rawOf(object), ["spec"]);
  const stated = valueAt(spec, ["podMetadata", "labels"]);
  const version = textAt(spec, "version");
  const portName = textAt(spec, "portName") || "web";
  const replicas = valueAt(spec, ["replicas"]);
  const isLocal = valueAt(spec, ["listenLocal"]) === true;
  return {
    labels: {
      ...(version === undefined ? {} : { "app.kubernetes.io/version": version }),
      ...(isObject(stated) ? textsOf(stated) : {}),
      "app.kubernetes.io/managed-by": "prometheus-operator",
      "app.kubernetes.io/name": made.name,
      "app.kubernetes.io/instance": object.name,
      [made.own]: object.name,
      ...(made.name.startsWith("prometheus") ? { "operator.prometheus.io/name": object.name } : {}),
    },
    ports: [...(isLocal ? [] : [{ name: portName, containerPort: made.webPort, protocol: "TCP" }]), ...made.ports],
    asksApiServer: made.asksApiServer,
    replicas: typeof replicas === "number" && Number.isInteger(replicas) ? replicas : 1,
  };
}

function textAt(spec: unknown, name: string): string | undefined {
  const value = valueAt(spec, [name]);
  return typeof value === "string" ? value : undefined;
}

function textsOf(map: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : [])),
  );
}
