import type { FieldPath } from "../field-path.ts";
import type { GatewayListener, GatewayObject, Ingress, Service, ServiceBackend } from "../network-model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";

export function readService(object: KubernetesObject, root: Fields): Service {
  const spec = root.fields("spec") ?? root.empty();
  return stated({
    object,
    type: spec.string("type") || "ClusterIP",
    clusterIP: spec.string("clusterIP"),
    selector: spec.stringMap("selector"),
    ports: spec.list("ports").map((port) =>
      stated({
        name: port.string("name"),
        port: port.integer("port"),
        targetPort: port.integerOrString("targetPort"),
        nodePort: port.integer("nodePort"),
        protocol: port.string("protocol"),
      }),
    ),
    externalIPs: spec.strings("externalIPs"),
    externalName: spec.string("externalName"),
    loadBalancerSourceRanges: spec.strings("loadBalancerSourceRanges"),
    loadBalancerClass: spec.string("loadBalancerClass"),
    externalTrafficPolicy: spec.string("externalTrafficPolicy"),
    allocateLoadBalancerNodePorts: spec.boolean("allocateLoadBalancerNodePorts"),
  });
}

/** Of networking.k8s.io/v1; the backends of the beta versions (`serviceName`) are read too. */
export function readIngress(object: KubernetesObject, root: Fields): Ingress {
  const spec = root.fields("spec") ?? root.empty();
  const rules = spec.list("rules");
  const paths = rules.flatMap((rule) => rule.fields("http")?.list("paths") ?? []);
  const backends: ServiceBackend[] = [];
  const otherBackends: FieldPath[] = [];
  for (const backend of [
    spec.fields("defaultBackend") ?? spec.fields("backend"),
    ...paths.map((path) => path.fields("backend")),
  ]) {
    if (backend === undefined) continue;
    const service = backend.fields("service");
    const name = service?.string("name") ?? backend.string("serviceName");
    if (name === undefined) {
      otherBackends.push(backend.path());
      continue;
    }
    const port = service?.fields("port");
    backends.push(
      stated({
        field: backend.path(),
        service: name,
        port: port?.integer("number") ?? port?.string("name") ?? backend.integerOrString("servicePort"),
      }),
    );
  }
  return stated({
    object,
    ingressClassName: spec.string("ingressClassName"),
    hosts: rules.flatMap((rule) => rule.string("host") ?? []),
    backends,
    otherBackends,
    tls: spec.list("tls").map((tls) => stated({ hosts: tls.strings("hosts"), secretName: tls.string("secretName") })),
  });
}

export function readGateway(object: KubernetesObject, root: Fields): GatewayObject {
  const spec = root.fields("spec") ?? root.empty();
  const backends: ServiceBackend[] = [];
  const otherBackends: FieldPath[] = [];
  for (const rule of spec.list("rules")) {
    for (const backend of backendsOf(rule)) {
      if ((backend.string("kind") ?? "Service") !== "Service" || (backend.string("group") ?? "") !== "") {
        otherBackends.push(backend.path());
        continue;
      }
      backends.push(
        stated({
          field: backend.path(),
          service: backend.string("name") ?? "",
          namespace: backend.string("namespace"),
          port: backend.integer("port"),
        }),
      );
    }
  }
  return stated({
    object,
    gatewayClassName: spec.string("gatewayClassName"),
    listeners: spec.list("listeners").map(readListener),
    hostnames: spec.strings("hostnames"),
    parents: spec.list("parentRefs").map((parent) =>
      stated({
        group: parent.string("group"),
        kind: parent.string("kind"),
        name: parent.string("name") ?? "",
        namespace: parent.string("namespace"),
        sectionName: parent.string("sectionName"),
        port: parent.integer("port"),
      }),
    ),
    backends,
    otherBackends,
  });
}

/** Those of a rule, and those that filters of it or of its backends mirror requests to. */
function backendsOf(rule: Fields): Fields[] {
  const own = rule.list("backendRefs");
  const filters = [...rule.list("filters"), ...own.flatMap((backend) => backend.list("filters"))];
  return [...own, ...filters.flatMap((filter) => filter.fields("requestMirror")?.fields("backendRef") ?? [])];
}

function readListener(listener: Fields): GatewayListener {
  const allowed = listener.fields("allowedRoutes");
  const namespaces = allowed?.fields("namespaces");
  const kinds = allowed?.list("kinds").flatMap((kind) => kind.string("kind") ?? []);
  const certificates = (listener.fields("tls")?.list("certificateRefs") ?? [])
    .filter((one) => (one.string("kind") ?? "Secret") === "Secret")
    .map((one) => stated({ name: one.string("name") ?? "", namespace: one.string("namespace") }));
  return stated({
    name: listener.string("name") ?? "",
    hostname: listener.string("hostname"),
    port: listener.integer("port"),
    protocol: listener.string("protocol"),
    tlsMode: listener.fields("tls")?.string("mode"),
    certificates: certificates.length === 0 ? undefined : certificates,
    allowedRoutes: stated({
      from: namespaces?.string("from"),
      hasSelector: namespaces?.has("selector") ?? false,
      kinds: kinds === undefined || kinds.length === 0 ? undefined : kinds,
    }),
  });
}
