import type { GatewayObject, Ingress, Service, ServiceBackend } from "../network-model.ts";
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
  });
}

/** Of networking.k8s.io/v1; the backends of the beta versions (`serviceName`) are read too. */
export function readIngress(object: KubernetesObject, root: Fields): Ingress {
  const spec = root.fields("spec") ?? root.empty();
  const rules = spec.list("rules");
  const paths = rules.flatMap((rule) => rule.fields("http")?.list("paths") ?? []);
  const backends = [
    spec.fields("defaultBackend") ?? spec.fields("backend"),
    ...paths.map((path) => path.fields("backend")),
  ];
  return stated({
    object,
    ingressClassName: spec.string("ingressClassName"),
    hosts: rules.flatMap((rule) => rule.string("host") ?? []),
    backends: backends.flatMap((backend): ServiceBackend[] => {
      const service = backend?.fields("service");
      const name = service?.string("name") ?? backend?.string("serviceName");
      if (backend === undefined || name === undefined) return [];
      const port = service?.fields("port");
      return [
        stated({
          service: name,
          port: port?.integer("number") ?? port?.string("name") ?? backend.integerOrString("servicePort"),
        }),
      ];
    }),
    tls: spec.list("tls").map((tls) => stated({ hosts: tls.strings("hosts"), secretName: tls.string("secretName") })),
  });
}

export function readGateway(object: KubernetesObject, root: Fields): GatewayObject {
  const spec = root.fields("spec") ?? root.empty();
  return {
    object,
    listeners: spec.list("listeners").map((listener) =>
      stated({
        name: listener.string("name") ?? "",
        hostname: listener.string("hostname"),
        port: listener.integer("port"),
        protocol: listener.string("protocol"),
      }),
    ),
    hostnames: spec.strings("hostnames"),
    parents: spec.list("parentRefs").map((parent) =>
      stated({
        kind: parent.string("kind"),
        name: parent.string("name") ?? "",
        namespace: parent.string("namespace"),
      }),
    ),
    backends: spec
      .list("rules")
      .flatMap((rule) => rule.list("backendRefs"))
      .filter((backend) => (backend.string("kind") ?? "Service") === "Service")
      .map((backend) =>
        stated({
          service: backend.string("name") ?? "",
          namespace: backend.string("namespace"),
          port: backend.integer("port"),
        }),
      ),
  };
}
