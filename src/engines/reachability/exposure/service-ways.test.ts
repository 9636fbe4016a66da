import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deployment, networkOf, service, told } from "./exposure.fixture.ts";
import { exposuresOf } from "./exposures.ts";

const web = deployment("web", "{ app: web }", "[{ name: http, containerPort: 8080 }]");
const PORTS = "selector: { app: web }, ports: [{ port: 80, targetPort: http, nodePort: 30080 }]";

function policy(ingress: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec: { podSelector: {}, ingress: ${ingress} }
---
`;
}

describe("Services that are open to outside", () => {
  test("ClusterIP and headless Services are not", () => {
    assert.deepEqual(told(networkOf(`${web}${service("web", `{ ${PORTS} }`)}`)), []);
    assert.deepEqual(told(networkOf(`${web}${service("web", `{ type: NodePort, clusterIP: None, ${PORTS} }`)}`)), []);
  });

  test("a load balancer is open at ports of nodes too, unless it has none", () => {
    assert.deepEqual(told(networkOf(`${web}${service("web", `{ type: LoadBalancer, ${PORTS} }`)}`)), [
      "load-balancer Service/web internet by node: web TCP 8080 allowed",
      "node-port Service/web nodes by node: web TCP 8080 allowed",
    ]);
    const without =
      "{ type: LoadBalancer, allocateLoadBalancerNodePorts: false, selector: { app: web }, ports: [{ port: 80 }] }";
    assert.deepEqual(told(networkOf(`${web}${service("web", without)}`)), [
      "load-balancer Service/web internet by node: web TCP 80 allowed",
    ]);
  });

  test("internal by each cloud's annotation, and by the AWS controller's default", () => {
    const first = (metadata: string, spec = "") =>
      told(networkOf(`${web}${service("web", `{ type: LoadBalancer, ${spec}${PORTS} }`, metadata)}`))[0]?.split(" ")[2];
    const annotated = (name: string, value: string) => first(`annotations: { ${name}: "${value}" }`);
    assert.equal(annotated("networking.gke.io/load-balancer-type", "Internal"), "private");
    assert.equal(annotated("service.beta.kubernetes.io/azure-load-balancer-internal", "true"), "private");
    assert.equal(annotated("service.beta.kubernetes.io/azure-load-balancer-internal", "false"), "internet");
    assert.equal(annotated("service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"), "private");
    assert.equal(annotated("service.beta.kubernetes.io/aws-load-balancer-type", "external"), "private");
    assert.equal(annotated("service.beta.kubernetes.io/aws-load-balancer-scheme", "internet-facing"), "internet");
    assert.equal(first("", "loadBalancerClass: service.k8s.aws/nlb, "), "private");
    assert.equal(
      first(
        "annotations: { service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing }",
        "loadBalancerClass: service.k8s.aws/nlb, ",
      ),
      "internet",
    );
  });

  test("externalIPs of any type, by whether they are public", () => {
    assert.deepEqual(told(networkOf(`${web}${service("web", `{ externalIPs: [203.0.113.7], ${PORTS} }`)}`)), [
      "external-ip Service/web internet by node: web TCP 8080 allowed",
    ]);
    assert.match(
      told(networkOf(`${web}${service("web", `{ externalIPs: [10.0.0.7], ${PORTS} }`)}`))[0] ?? "",
      /^external-ip Service\/web private /,
    );
  });

  test("a node that has a public address is open to the internet", () => {
    const node = `apiVersion: v1
kind: Node
metadata: { name: n }
status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }, { type: ExternalIP, address: 198.51.100.1 }] }
---
`;
    assert.deepEqual(told(networkOf(`${node}${web}${service("web", `{ type: NodePort, ${PORTS} }`)}`)), [
      "node-port Service/web internet by node: web TCP 8080 allowed",
    ]);
  });
});

describe("whose address policies see", () => {
  const balancer = (more: string) => `${web}${service("web", `{ type: LoadBalancer, ${more}${PORTS} }`)}`;
  const verdict = (text: string) => told(networkOf(text))[0]?.split(" ").at(-1);
  const LOCAL = "externalTrafficPolicy: Local, ";

  test("a node's takes the place of the client's: what allows by address is unknown", () => {
    const anywhere = policy("[{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]");
    assert.equal(verdict(`${anywhere}${balancer("")}`), "unknown");
    assert.equal(verdict(`${anywhere}${balancer(LOCAL)}`), "allowed");
    assert.equal(verdict(`${policy("[{}]")}${balancer("")}`), "allowed");
  });

  test("a pod that nothing is allowed to is closed to clients, and whether its own node's traffic comes through is not known", () => {
    assert.equal(verdict(`${policy("[]")}${balancer(LOCAL)}`), "denied");
    assert.equal(verdict(`${policy("[]")}${balancer("")}`), "unknown");
  });

  test("what is allowed from a private network may be the load balancer's own", () => {
    const inner = policy("[{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }]");
    assert.equal(verdict(`${inner}${balancer(LOCAL)}`), "unknown");
    const other = policy("[{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]");
    assert.equal(verdict(`${other}${balancer(LOCAL)}`), "allowed");
  });

  test("loadBalancerSourceRanges leave the other sources out", () => {
    const other = policy("[{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]");
    const ranges = (cidr: string) => `loadBalancerSourceRanges: [${cidr}], ${LOCAL}`;
    assert.equal(verdict(`${other}${balancer(ranges("198.51.100.0/24"))}`), "denied");
    assert.equal(verdict(`${other}${balancer(ranges("203.0.113.0/28"))}`), "allowed");
    // Whoever cannot read one of them narrows nothing.
    assert.match(told(networkOf(balancer(ranges("nowhere"))))[0] ?? "", / internet by client/);
  });

  test("whether from everywhere: from all of IPv4, or from some of it", () => {
    const everywhere = (from: string) => {
      const [target] = exposuresOf(networkOf(`${policy(`[{ from: [${from}] }]`)}${balancer(LOCAL)}`))[0]?.targets ?? [];
      assert.equal(target?.verdict, "allowed");
      return target !== undefined && target.fromEverywhere === target.allowed;
    };
    assert.equal(everywhere("{ ipBlock: { cidr: 0.0.0.0/0 } }"), true);
    assert.equal(everywhere("{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }"), true);
    // A hole is no wall.
    assert.equal(everywhere("{ ipBlock: { cidr: 0.0.0.0/0, except: [203.0.113.0/24] } }"), true);
    assert.equal(everywhere("{ ipBlock: { cidr: 0.0.0.0/0, except: [0.0.0.0/1, 128.0.0.0/2] } }"), false);
    assert.equal(everywhere("{ ipBlock: { cidr: 203.0.113.0/24 } }"), false);
  });

  test("pods of one port alone: another port is denied", () => {
    assert.equal(verdict(`${policy("[{ ports: [{ port: 9090 }] }]")}${balancer(LOCAL)}`), "denied");
    assert.equal(verdict(`${policy("[{ ports: [{ port: http }] }]")}${balancer(LOCAL)}`), "allowed");
  });
});

describe("pods that are open at their nodes", () => {
  test("host ports with the container's port behind them; those of loopback are none", () => {
    const ports =
      "[{ containerPort: 8080, hostPort: 80 }, { containerPort: 9090, hostPort: 90, hostIP: 127.0.0.1 }, { containerPort: 7, hostPort: 70, hostIP: 10.0.0.4 }]";
    assert.deepEqual(told(networkOf(deployment("web", "{ app: web }", ports))), [
      "host-port Deployment/web nodes by client: web TCP 8080 allowed",
      "host-port Deployment/web private by client: web TCP 7 allowed",
    ]);
    assert.match(
      told(networkOf(`${policy("[]")}${deployment("web", "{ app: web }", ports)}`))[0] ?? "",
      / TCP 8080 denied$/,
    );
  });

  test("the node's network is open whatever policies say; without stated ports at any", () => {
    const host = deployment("web", "{ app: web }", "[{ containerPort: 8080, hostPort: 8080 }]", "hostNetwork: true");
    assert.deepEqual(told(networkOf(`${policy("[]")}${host}`)), [
      "host-network Deployment/web nodes by client: web TCP 8080 allowed",
    ]);
    assert.deepEqual(told(networkOf(deployment("web", "{ app: web }", "[]", "hostNetwork: true"))), [
      "host-network Deployment/web nodes by client: web all ports allowed",
    ]);
  });
});
