import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deployment, networkOf, service, told } from "./exposure.fixture.ts";
import { exposuresOf } from "./exposures.ts";

const web = `${deployment("web", "{ app: web }", "[{ name: http, containerPort: 8080 }]")}${service("web", "{ selector: { app: web }, ports: [{ name: main, port: 80, targetPort: http }, { name: admin, port: 81, targetPort: 9090 }] }")}`;

function ingress(spec: string, metadata = ""): string {
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop${metadata === "" ? "" : `, ${metadata}`} }
spec: ${spec}
---
`;
}

const BACKEND = "defaultBackend: { service: { name: web, port: { number: 80 } } }";

const nginx = `apiVersion: apps/v1
kind: Deployment
metadata: { name: nginx, namespace: edge }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller } }
    spec: { containers: [{ name: controller, image: example/nginx, ports: [{ containerPort: 80 }] }] }
---
`;

const edgeService = `apiVersion: v1
kind: Service
metadata: { name: edge, namespace: edge }
spec: { type: LoadBalancer, externalTrafficPolicy: Local, allocateLoadBalancerNodePorts: false, selector: { app.kubernetes.io/name: ingress-nginx }, ports: [{ port: 80 }] }
---
`;

function fromEdge(peer: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [{ ${peer} }] }] }
---
`;
}

const NAMESPACE = "namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: edge } }";

describe("Ingress", () => {
  test("by a controller that was not read: its labels and its namespace are not known", () => {
    const line = "ingress Ingress/web unknown by unknown-pod: web TCP 8080";
    assert.deepEqual(told(networkOf(`${web}${ingress(`{ ${BACKEND} }`)}`)), [`${line} allowed`]);
    assert.deepEqual(told(networkOf(`${fromEdge(NAMESPACE)}${web}${ingress(`{ ${BACKEND} }`)}`)), [`${line} unknown`]);
    assert.deepEqual(told(networkOf(`${fromEdge("namespaceSelector: {}")}${web}${ingress(`{ ${BACKEND} }`)}`)), [
      `${line} allowed`,
    ]);
  });

  test("by the controller's own pods, reached from where they are", () => {
    const text = `${nginx}${edgeService}${web}${ingress(`{ ingressClassName: nginx, ${BACKEND} }`)}`;
    assert.deepEqual(told(networkOf(`${fromEdge(NAMESPACE)}${text}`)), [
      "load-balancer Service/edge internet by client: nginx TCP 80 allowed",
      "ingress Ingress/web internet by nginx: web TCP 8080 allowed",
    ]);
    assert.deepEqual(told(networkOf(`${fromEdge("podSelector: {}")}${text}`)).slice(1), [
      "ingress Ingress/web internet by nginx: web TCP 8080 denied",
    ]);
  });

  test("the class names the controller: one that was read is not another's", () => {
    const of = (className: string, more = "") =>
      told(networkOf(`${nginx}${more}${web}${ingress(`{ ingressClassName: ${className}, ${BACKEND} }`)}`))[0]?.split(
        /[ :]/,
      )[4];
    assert.equal(of("traefik"), "unknown-pod");
    assert.equal(of("gce"), "proxy");
    assert.equal(of("alb"), "proxy");
    const own = (controller: string) => `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: own }
spec: { controller: ${controller} }
---
`;
    assert.equal(of("own", own("k8s.io/ingress-nginx")), "nginx");
    assert.equal(of("own", own("example.com/other")), "unknown-pod");
  });

  test("the annotation before the class, and the default class", () => {
    const annotated = ingress(
      `{ ingressClassName: alb, ${BACKEND} }`,
      "annotations: { kubernetes.io/ingress.class: nginx }",
    );
    assert.match(told(networkOf(`${nginx}${web}${annotated}`))[0] ?? "", / by nginx:/);
    const byDefault = `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: alb, annotations: { ingressclass.kubernetes.io/is-default-class: "true" } }
spec: { controller: ingress.k8s.aws/alb }
---
`;
    assert.match(told(networkOf(`${nginx}${byDefault}${web}${ingress(`{ ${BACKEND} }`)}`))[0] ?? "", / by proxy:/);
  });

  test("a cloud's load balancer by its scheme", () => {
    const reach = (metadata: string) =>
      told(networkOf(`${web}${ingress(`{ ingressClassName: alb, ${BACKEND} }`, metadata)}`))[0]?.split(" ")[2];
    assert.equal(reach(""), "private");
    assert.equal(reach("annotations: { alb.ingress.kubernetes.io/scheme: internet-facing }"), "internet");
  });

  test("what leads nowhere: no such Service, no such port; and a backend that is none", () => {
    const backend = (one: string) => told(networkOf(`${web}${ingress(`{ defaultBackend: ${one} }`)}`));
    const line = "ingress Ingress/web unknown by unknown-pod:";
    assert.deepEqual(backend("{ service: { name: absent, port: { number: 80 } } }"), [`${line} exposure.no-service`]);
    assert.deepEqual(backend("{ service: { name: web, port: { number: 82 } } }"), [`${line} exposure.no-port`]);
    assert.deepEqual(backend("{ service: { name: web, port: { name: admin } } }"), [`${line} web TCP 9090 allowed`]);
    assert.deepEqual(backend("{ resource: { kind: Bucket, name: b } }"), [`${line} ? exposure.backend`]);
  });

  test("what annotations put in a backend's place, or beside it", () => {
    const line = "ingress Ingress/web unknown by unknown-pod:";
    const action = "{ defaultBackend: { service: { name: rule, port: { name: use-annotation } } } }";
    assert.deepEqual(told(networkOf(`${web}${ingress(action)}`)), [`${line} ? exposure.backend`]);
    const fallback = ingress("{}", "annotations: { nginx.ingress.kubernetes.io/default-backend: web }");
    assert.deepEqual(told(networkOf(`${web}${fallback}`)), [`${line} web TCP 8080,9090 allowed`]);
  });

  test("ports that ingress-nginx passes on by a ConfigMap", () => {
    const map = (name: string, data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: edge }\ndata: ${data}\n---\n`;
    const tell = (name: string, data: string) =>
      told(networkOf(`${nginx}${edgeService}${web}${map(name, data)}`)).slice(1);
    assert.deepEqual(tell("tcp-services", '{ "5432": "shop/web:81", "x": "shop/web:80", "7": "nothing" }'), [
      "ingress ConfigMap/tcp-services internet by nginx: web TCP 9090 allowed",
    ]);
    assert.deepEqual(tell("x-ingress-nginx-tcp", '{ "5432": "shop/web:admin:PROXY" }'), [
      "ingress ConfigMap/x-ingress-nginx-tcp internet by nginx: web TCP 9090 allowed",
    ]);
    assert.deepEqual(tell("other", '{ "5432": "shop/web:81" }'), []);
  });

  test("each has its place, and paths to one Service are one way", () => {
    const path = "{ backend: { service: { name: web, port: { number: 80 } } } }";
    const network = networkOf(
      `${web}${ingress(`{ rules: [{ host: a.example, http: { paths: [${path}, ${path}] } }] }`)}`,
    );
    assert.deepEqual(
      exposuresOf(network).map(({ field, hosts }) => ({ field, hosts })),
      [{ field: ["spec", "rules", 0, "http", "paths", 0, "backend"], hosts: ["a.example"] }],
    );
  });
});

describe("Gateway API", () => {
  const gateway = (listeners: string, more = "") => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec: { gatewayClassName: own${more}, listeners: ${listeners} }
---
`;
  const route = (spec: string, kind = "HTTPRoute", namespace = "shop") => `apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: web, namespace: ${namespace} }
spec: { parentRefs: [{ name: edge, namespace: infra }], ${spec} }
---
`;
  const RULES = "rules: [{ backendRefs: [{ name: web, port: 80 }] }]";
  const line = (kind = "HTTPRoute") => `gateway-api ${kind}/web unknown by unknown-pod:`;
  const listener = (allowed: string) =>
    `[{ name: http, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: { namespaces: ${allowed} } }]`;

  test("listeners take routes of their own namespace, of all, or of those that a selector picks", () => {
    const tell = (allowed: string, more = "") =>
      told(networkOf(`${web}${more}${gateway(listener(allowed))}${route(RULES)}`));
    const labelled = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { edge: yes-please } }\n---\n";
    const selector = "{ from: Selector, selector: { matchLabels: { edge: yes-please } } }";
    assert.deepEqual(tell("{}"), [`${line()} exposure.not-attached`]);
    assert.deepEqual(tell("{ from: Same }"), [`${line()} exposure.not-attached`]);
    assert.deepEqual(tell("{ from: All }"), [`${line()} web TCP 8080 allowed`]);
    assert.deepEqual(tell(selector, labelled), [`${line()} web TCP 8080 allowed`]);
    assert.deepEqual(tell(selector, labelled.replace("yes-please", "other")), [`${line()} exposure.not-attached`]);
    assert.deepEqual(tell(selector), [`${line()} web TCP 8080 allowed (? exposure.gateway)`]);
  });

  test("by hostname, section, port and kind", () => {
    const tell = (spec: string, kind?: string) =>
      told(networkOf(`${web}${gateway(listener("{ from: All }"))}${route(spec, kind)}`))[0]?.split(": ")[1];
    assert.equal(tell(`hostnames: [a.example.com], ${RULES}`), "web TCP 8080 allowed");
    assert.equal(tell(`hostnames: [example.com], ${RULES}`), "exposure.not-attached");
    assert.equal(tell(RULES, "TCPRoute"), "exposure.not-attached");
    assert.equal(tell(RULES, "GRPCRoute"), "web TCP 8080 allowed");
    const section = route(RULES).replace("namespace: infra }", "namespace: infra, sectionName: tls }");
    assert.deepEqual(told(networkOf(`${web}${gateway(listener("{ from: All }"))}${section}`)), [
      `${line()} exposure.not-attached`,
    ]);
  });

  test("a Service of another namespace takes a ReferenceGrant there, for this kind, namespace and name", () => {
    const grant = (from: string, to: string) => `apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: g, namespace: shop }
spec: { from: [${from}], to: [${to}] }
---
`;
    const far = route("rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }]", "HTTPRoute", "infra");
    const tell = (more: string) => told(networkOf(`${web}${gateway(listener("{}"))}${far}${more}`))[0]?.split(": ")[1];
    const from = "{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: infra }";
    assert.equal(tell(""), "exposure.no-grant");
    assert.equal(tell(grant(from, '{ group: "", kind: Service }')), "web TCP 8080 allowed");
    assert.equal(tell(grant(from, '{ group: "", kind: Service, name: other }')), "exposure.no-grant");
    assert.equal(tell(grant(from.replace("infra", "other"), '{ group: "", kind: Service }')), "exposure.no-grant");
  });

  test("a cloud's own load balancer by its class", () => {
    const of = (name: string) => {
      const text = gateway(listener("{ from: All }")).replace("gatewayClassName: own", `gatewayClassName: ${name}`);
      return told(networkOf(`${web}${text}${route(RULES)}`))[0]
        ?.split(/[ :]/)
        .slice(2, 5)
        .join(" ");
    };
    assert.equal(of("gke-l7-rilb"), "private by proxy");
    assert.equal(of("gke-l7-global-external-managed"), "internet by proxy");
  });

  test("its own pods carry its name; a Gateway that was not read and a mesh's parent", () => {
    const own = `apiVersion: v1
kind: Pod
metadata: { name: edge-1, namespace: infra, labels: { gateway.networking.k8s.io/gateway-name: edge } }
spec: { containers: [{ name: proxy, image: example/proxy }] }
---
`;
    assert.match(
      told(networkOf(`${web}${own}${gateway(listener("{ from: All }"))}${route(RULES)}`))[0] ?? "",
      / by edge-1: web/,
    );
    assert.deepEqual(told(networkOf(`${web}${route(RULES)}`)), [`${line()} web TCP 8080 allowed (? exposure.gateway)`]);
    const mesh = route(RULES).replace("{ name: edge, namespace: infra }", '{ group: "", kind: Service, name: web }');
    assert.deepEqual(told(networkOf(`${web}${mesh}`)), []);
  });
});

describe("Routes of OpenShift, Istio's Gateways, Traefik, Knative, and others", () => {
  test("a Route names a port of the Service or of its pods", () => {
    const route = (port: string) => `apiVersion: route.openshift.io/v1
kind: Route
metadata: { name: web, namespace: shop }
spec: { host: web.example, to: { kind: Service, name: web }, port: { targetPort: ${port} } }
`;
    const tell = (port: string) => told(networkOf(`${web}${route(port)}`));
    assert.deepEqual(tell("admin"), ["openshift-route Route/web unknown by unknown-pod: web TCP 9090 allowed"]);
    assert.deepEqual(tell("9090"), tell("admin"));
    assert.deepEqual(tell("http"), ["openshift-route Route/web unknown by unknown-pod: web TCP 8080 allowed"]);
    assert.deepEqual(tell("7"), ["openshift-route Route/web unknown by unknown-pod: exposure.no-port"]);
  });

  test("an Istio Gateway by its selector, and the VirtualServices that are bound to it", () => {
    const istio = (gateways: string, hosts: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: gate, namespace: istio-system }
spec:
  template:
    metadata: { labels: { istio: ingressgateway } }
    spec: { containers: [{ name: proxy, image: example/proxy }] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: istio-system }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 443, protocol: HTTPS, name: s }, hosts: ["shop/*.example.com"] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  gateways: ${gateways}
  hosts: ${hosts}
  http: [{ route: [{ destination: { host: web, port: { number: 80 } } }], mirror: { host: web.shop.svc.cluster.local, port: { number: 81 } } }]
---
`;
    const tell = (gateways: string, hosts: string) => told(networkOf(`${web}${istio(gateways, hosts)}`));
    assert.deepEqual(tell("[istio-system/edge]", "[a.example.com]"), [
      "istio-gateway VirtualService/web unknown by gate: web TCP 8080 allowed",
      "istio-gateway VirtualService/web unknown by gate: web TCP 9090 allowed",
    ]);
    assert.deepEqual(tell("[istio-system/edge]", "[a.example.org]"), [
      "istio-gateway VirtualService/web unknown by gate: exposure.not-attached",
    ]);
    assert.deepEqual(tell("[mesh]", "[a.example.com]"), []);
    assert.match(
      tell("[edge]", "[a.example.com]")[0] ?? "",
      /by unknown-pod: web TCP 8080 allowed \(\? exposure.gateway\)$/,
    );
  });

  test("Traefik's IngressRoute, and what it leaves to a TraefikService", () => {
    const text = `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: { name: web, namespace: shop }
spec: { routes: [{ match: "Host(\`web.example\`)", services: [{ name: web, port: main }, { name: t, kind: TraefikService }] }] }
`;
    const network = networkOf(`${web}${text}`);
    assert.deepEqual(told(network), [
      "traefik IngressRoute/web unknown by unknown-pod: web TCP 8080 allowed",
      "traefik IngressRoute/web unknown by unknown-pod: ? exposure.backend",
    ]);
    assert.deepEqual(exposuresOf(network)[0]?.hosts, ["web.example"]);
  });

  test("a Knative Service at its proxy's ports, unless it is of the cluster alone", () => {
    const knative = (labels: string) => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: fn, namespace: shop, labels: ${labels} }
spec: { template: { spec: { containers: [{ image: example/fn }] } } }
`;
    assert.deepEqual(told(networkOf(knative("{}"))), [
      "knative Service/fn unknown by unknown-pod: fn TCP 8012-8013,8112 allowed",
    ]);
    assert.deepEqual(told(networkOf(knative("{ networking.knative.dev/visibility: cluster-local }"))), []);
  });

  test("a kind of a controller that is not read is told", () => {
    const proxy =
      "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: { name: web, namespace: shop }\nspec: {}\n";
    assert.deepEqual(told(networkOf(proxy)), ["other HTTPProxy/web unknown by unknown-pod: ? exposure.other-kind"]);
  });
});
