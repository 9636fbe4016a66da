/**
 * Which pods carry the traffic of Ingresses, Gateways and the like: by the class that names a controller, and the labels
 * that its own manifests and charts give its pods.
 */
import { type Lookup, specOf } from "./lookup.ts";

interface Controller {
  readonly name: string;
  /** What an IngressClass or a GatewayClass has as its controller; the beginning of it is enough. */
  readonly controllers: readonly string[];
  /** Names of classes that are its own where no class was read. */
  readonly classes: readonly string[];
  /** Each set of labels picks pods of it. Empty: the proxy is outside the cluster. */
  readonly pods: readonly Readonly<Record<string, string>>[];
  /** It runs within nodes, by no pod's address: its own identity, or the node's. */
  readonly onNodes?: boolean;
}

/** From each project's own documentation, manifests and chart, as of 2026-11. */
const controllers: readonly Controller[] = [
  {
    name: "ingress-nginx",
    controllers: ["k8s.io/ingress-nginx"],
    classes: ["nginx"],
    pods: [{ "app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller" }],
  },
  {
    name: "NGINX Ingress Controller",
    controllers: ["nginx.org/ingress-controller"],
    classes: ["nginx"],
    pods: [{ "app.kubernetes.io/name": "nginx-ingress" }, { app: "nginx-ingress" }],
  },
  {
    name: "NGINX Gateway Fabric",
    controllers: ["gateway.nginx.org/nginx-gateway-controller"],
    classes: [],
    pods: [{ "app.kubernetes.io/name": "nginx-gateway" }, { "app.kubernetes.io/name": "nginx-gateway-fabric" }],
  },
  {
    name: "Traefik",
    controllers: ["traefik.io/ingress-controller", "traefik.io/gateway-controller"],
    classes: ["traefik"],
    pods: [{ "app.kubernetes.io/name": "traefik" }, { app: "traefik" }],
  },
  {
    name: "HAProxy Kubernetes Ingress Controller",
    controllers: ["haproxy.org/"],
    classes: ["haproxy"],
    pods: [{ "app.kubernetes.io/name": "kubernetes-ingress" }, { run: "haproxy-ingress" }],
  },
  {
    name: "HAProxy Ingress",
    controllers: ["haproxy-ingress.github.io/controller"],
    classes: ["haproxy"],
    pods: [{ "app.kubernetes.io/name": "haproxy-ingress" }, { run: "haproxy-ingress" }],
  },
  {
    name: "Contour",
    controllers: ["projectcontour.io/"],
    classes: ["contour"],
    pods: [
      { app: "envoy" },
      { "app.kubernetes.io/name": "contour", "app.kubernetes.io/component": "envoy" },
      { "app.kubernetes.io/managed-by": "contour-gateway-provisioner", "app.kubernetes.io/component": "envoy" },
    ],
  },
  {
    name: "Istio",
    controllers: ["istio.io/"],
    classes: ["istio"],
    pods: [{ istio: "ingressgateway" }],
  },
  {
    name: "Envoy Gateway",
    controllers: ["gateway.envoyproxy.io/"],
    classes: ["eg", "envoy-gateway"],
    pods: [{ "app.kubernetes.io/name": "envoy", "app.kubernetes.io/managed-by": "envoy-gateway" }],
  },
  {
    name: "Kong",
    controllers: ["ingress-controllers.konghq.com/kong", "konghq.com/"],
    classes: ["kong"],
    pods: [
      { "app.kubernetes.io/name": "kong" },
      { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/component": "app" },
      { app: "ingress-kong" },
      { app: "proxy-kong" },
    ],
  },
  {
    name: "OpenShift's router",
    controllers: ["openshift.io/ingress-to-route"],
    classes: ["openshift-default"],
    pods: [{ "ingresscontroller.operator.openshift.io/deployment-ingresscontroller": "default" }],
  },
  {
    name: "Cilium",
    controllers: ["cilium.io/ingress-controller", "io.cilium/gateway-controller"],
    classes: ["cilium"],
    pods: [],
    onNodes: true,
  },
  {
    name: "AWS Load Balancer Controller",
    controllers: ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb", "gateway.k8s.aws/"],
    classes: ["alb"],
    pods: [],
  },
  {
    name: "Google Cloud's load balancer",
    controllers: ["networking.gke.io/", "k8s.io/gce"],
    classes: [
      ...["gce", "gce-internal", "gke-l7-rilb", "gke-l7-gxlb"],
      ...["gke-l7-global-external-managed", "gke-l7-regional-external-managed"],
    ],
    pods: [],
  },
  {
    name: "Azure Application Gateway",
    controllers: ["azure/application-gateway", "alb.networking.azure.io/"],
    classes: ["azure-application-gateway", "azure/application-gateway", "azure-alb-external"],
    pods: [],
  },
];

/** Who carries it: pods that were read, pods that were not, or something outside the cluster. */
export type Carrier =
  | { readonly kind: "pods"; readonly controller: string; readonly endpoints: readonly number[] }
  | { readonly kind: "unknown-pod"; readonly controller?: string }
  | { readonly kind: "proxy"; readonly controller: string };

/**
 * @param className - as the object states it; undefined: the cluster's default
 * @param classKind - `IngressClass` or `GatewayClass`, and the field of it that names the controller
 */
export function carrierOf(lookup: Lookup, className: string | undefined, classKind: ClassKind): Carrier {
  const controller = controllerOfClass(lookup, className, classKind);
  const candidates =
    controller === undefined
      ? controllers.filter(({ classes }) => className === undefined || classes.includes(className))
      : controllers.filter(({ controllers: own }) => own.some((prefix) => controller.startsWith(prefix)));
  const found = candidates
    .map((one) => ({ one, endpoints: podsOf(lookup, one) }))
    .filter(({ endpoints }) => endpoints.length > 0);
  if (found.length > 0) {
    return {
      kind: "pods",
      controller: found.map(({ one }) => one.name).join(", "),
      endpoints: [...new Set(found.flatMap(({ endpoints }) => endpoints))],
    };
  }
  const [only] = candidates;
  if (only === undefined || candidates.length > 1) {
    return controller === undefined ? { kind: "unknown-pod" } : { kind: "unknown-pod", controller };
  }
  if (only.pods.length > 0 || only.onNodes === true) return { kind: "unknown-pod", controller: only.name };
  return { kind: "proxy", controller: only.name };
}

export interface ClassKind {
  readonly group: string;
  readonly kind: "IngressClass" | "GatewayClass";
  readonly field: "controller" | "controllerName";
  readonly defaultAnnotation?: string;
}

export const ingressClasses: ClassKind = {
  group: "networking.k8s.io",
  kind: "IngressClass",
  field: "controller",
  defaultAnnotation: "ingressclass.kubernetes.io/is-default-class",
};

export const gatewayClasses: ClassKind = {
  group: "gateway.networking.k8s.io",
  kind: "GatewayClass",
  field: "controllerName",
};

function controllerOfClass(lookup: Lookup, className: string | undefined, classKind: ClassKind): string | undefined {
  const classes = lookup.objectsOf(classKind.group, classKind.kind);
  const found = classes.find(({ name, annotations }) =>
    className === undefined
      ? classKind.defaultAnnotation !== undefined && annotations[classKind.defaultAnnotation] === "true"
      : name === className,
  );
  return found === undefined ? undefined : specOf(found).string(classKind.field);
}

/** @param name - one of the table's */
export function podsOfController(lookup: Lookup, name: string): readonly number[] {
  const found = controllers.find((one) => one.name === name);
  return found === undefined ? [] : podsOf(lookup, found);
}

function podsOf(lookup: Lookup, { pods }: Controller): readonly number[] {
  return [...new Set(pods.flatMap((labels) => lookup.podsAnywhereWith(labels)))];
}
