import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import type { Network } from "../model.ts";
import { deployment, networkOf, service, serviceOf } from "./exposure.fixture.ts";
import { portsServed } from "./served-ports.ts";
import { backendTargets, serviceTargets } from "./service-targets.ts";

function targets(network: Network, name: string): string[] {
  return serviceTargets(network, serviceOf(network, name)).targets.map(
    ({ endpoint, servicePort, protocol, port }) =>
      `${servicePort} ${network.endpoints[endpoint]?.name.split("/").at(-1)} ${protocol}/${port}`,
  );
}

function deadEnds(network: Network, name: string): string[] {
  return serviceTargets(network, serviceOf(network, name)).deadEnds.map(({ code, reason }) => `${code}: ${reason}`);
}

const web = deployment("web", "{ app: web, tier: front }", "[{ name: http, containerPort: 8080 }]");

describe("what a Service leads to", () => {
  test("targetPort by number, by name, and absent", () => {
    const network = networkOf(
      `${web}${service("web", "{ selector: { app: web }, ports: [{ name: a, port: 80, targetPort: 9090 }, { name: b, port: 81, targetPort: http }, { name: c, port: 82 }] }")}`,
    );
    assert.deepEqual(targets(network, "web"), ["0 web TCP/9090", "1 web TCP/8080", "2 web TCP/82"]);
  });

  test("a name is resolved by each pod, in its own protocol, in regular containers before sidecars", () => {
    const other = deployment("other", "{ app: web }", "[{ name: http, containerPort: 53, protocol: UDP }]");
    const sidecar = deployment(
      "sidecar",
      "{ app: web }",
      "[{ name: http, containerPort: 1 }]",
      "initContainers: [{ name: s, restartPolicy: Always, ports: [{ name: http, containerPort: 2 }] }, { name: i, ports: [{ name: late, containerPort: 3 }] }]",
    );
    const spec = "{ selector: { app: web }, ports: [{ port: 80, targetPort: http }, { port: 81, targetPort: late }] }";
    const network = networkOf(`${web}${other}${sidecar}${service("web", spec)}`);
    assert.deepEqual(targets(network, "web"), ["0 web TCP/8080", "0 sidecar TCP/1"]);
    assert.deepEqual(deadEnds(network, "web"), ["exposure.no-port: no pod that it selects has a port late"]);
  });

  test("a selector must hold whole, and in the Service's namespace", () => {
    const elsewhere = web.replace("namespace: shop", "namespace: other").replace("name: web", "name: far");
    const network = networkOf(
      `${web}${elsewhere}${service("a", "{ selector: { app: web }, ports: [{ port: 80 }] }")}${service("b", "{ selector: { app: web, tier: back }, ports: [{ port: 80 }] }")}`,
    );
    assert.deepEqual(targets(network, "a"), ["0 web TCP/80"]);
    assert.deepEqual(deadEnds(network, "b"), ["exposure.no-pods: its selector picks no pod"]);
  });

  test("of a headless Service the port is the pod's, and its controllers still use targetPort", () => {
    const network = networkOf(
      `${web}${service("web", "{ clusterIP: None, selector: { app: web }, ports: [{ port: 80, targetPort: http }] }")}`,
    );
    const own = serviceOf(network, "web");
    assert.equal(serviceTargets(network, own).headless, true);
    assert.deepEqual(targets(network, "web"), ["0 web TCP/80"]);
    assert.deepEqual(
      backendTargets(network, own, 80).targets.map(({ port }) => port),
      [8080],
    );
  });

  test("without a selector its Endpoints and EndpointSlices say, by address, and what they name of pods that are not known", () => {
    const pod = (name: string, address: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { containers: [{ name: main, image: example/db }] }
status: { podIPs: [{ ip: ${address} }] }
---
`;
    const network = networkOf(
      `${pod("db", "10.1.0.7")}${service("db", "{ ports: [{ port: 5432 }] }")}apiVersion: v1
kind: Endpoints
metadata: { name: db, namespace: shop }
subsets: [{ addresses: [{ ip: 203.0.113.9 }, { ip: 10.1.0.8 }], ports: [{ port: 5432 }] }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, namespace: shop, labels: { kubernetes.io/service-name: db } }
endpoints: [{ addresses: [198.51.100.4] }]
ports: [{ name: "", port: 6432 }]
`,
      { podCidrs: [{ family: 4, first: 0x0a010000n, last: 0x0a01ffffn }] },
    );
    const found = serviceTargets(network, serviceOf(network, "db"));
    assert.deepEqual(
      found.outside.map(({ address, port }) => `${address}:${port}`),
      ["203.0.113.9:5432", "198.51.100.4:6432"],
    );
    assert.deepEqual(
      found.doubts.map(({ reason }) => reason),
      ["10.1.0.8 is a pod's address, and no pod that was read has it"],
    );
  });

  test("without a selector and without such objects nothing is known of it", () => {
    const network = networkOf(`${web}${service("db", "{ ports: [{ port: 5432 }] }")}`);
    assert.deepEqual(
      serviceTargets(network, serviceOf(network, "db")).doubts.map(({ code }) => code),
      ["exposure.endpoints"],
    );
  });

  test("ExternalName leads where the Service leads that it names, and round in circles nowhere", () => {
    const network = networkOf(
      `${web}${service("web", "{ selector: { app: web }, ports: [{ port: 80, targetPort: http }] }")}${service("alias", "{ type: ExternalName, externalName: web.shop.svc.cluster.local }")}${service("a", "{ type: ExternalName, externalName: b.shop.svc }")}${service("b", "{ type: ExternalName, externalName: a.shop.svc }")}${service("out", "{ type: ExternalName, externalName: db.example.com }")}`,
    );
    assert.deepEqual(targets(network, "alias"), ["0 web TCP/8080"]);
    assert.deepEqual(deadEnds(network, "a"), [
      "exposure.no-service: more than 8 Services that are names of one another",
    ]);
    assert.deepEqual(deadEnds(network, "out"), [
      "exposure.external-name: it is the name of something outside the cluster",
    ]);
  });
});

describe("as the endpoints controller resolves it", () => {
  const name = fc.constantFrom("http", "sql");
  const number = fc.integer({ min: 1, max: 5 });
  const protocol = fc.constantFrom("TCP", "UDP");
  const labels = fc.dictionary(fc.constantFrom("app", "tier"), fc.constantFrom("a", "b"));
  const pod = fc.record({
    labels,
    ports: fc.array(fc.record({ name, containerPort: number, protocol }), { maxLength: 3 }),
  });
  const own = fc.record({ port: number, protocol }, { requiredKeys: ["port"] });
  const ports = fc.array(fc.tuple(own, fc.option(fc.oneof(name, number), { nil: undefined })), {
    minLength: 1,
    maxLength: 3,
  });

  test("pods with every label of the selector, and the first port of the name and protocol", () => {
    fc.assert(
      fc.property(fc.array(pod, { minLength: 1, maxLength: 4 }), labels, ports, (pods, selector, stated) => {
        fc.pre(Object.keys(selector).length > 0);
        const spec = {
          selector,
          ports: stated.map(([one, targetPort], index) => ({ ...one, targetPort, name: `p${index}` })),
        };
        const workloads = pods.map((one, index) =>
          deployment(`w${index}`, JSON.stringify(one.labels), JSON.stringify(one.ports)),
        );
        const network = networkOf(`${workloads.join("")}${service("web", JSON.stringify(spec))}`);
        const expected = stated.flatMap(([{ port, protocol: wanted = "TCP" }, target], servicePort) =>
          pods.flatMap(({ labels: having, ports: served }, index) => {
            if (!Object.entries(selector).every(([key, value]) => having[key] === value)) return [];
            const found =
              typeof target === "string"
                ? served.find((one) => one.name === target && one.protocol === wanted)?.containerPort
                : (target ?? port);
            return found === undefined ? [] : [`${servicePort} w${index} ${wanted}/${found}`];
          }),
        );
        assert.deepEqual(targets(network, "web").sort(), expected.sort());
      }),
      runs(200),
    );
  });
});

describe("the ports that a workload states", () => {
  test("each with its field; those of ordinary init containers and of unknown protocols are none", () => {
    const network = networkOf(
      deployment(
        "web",
        "{ app: web }",
        "[{ name: http, containerPort: 8080, hostPort: 80 }, { containerPort: 70000 }, { containerPort: 5, protocol: ICMP }]",
        "initContainers: [{ name: i, ports: [{ containerPort: 3 }] }]",
      ),
    );
    const [pod] = network.endpoints;
    assert.ok(pod?.kind === "pods");
    assert.deepEqual(portsServed(pod), [
      {
        protocol: "TCP",
        port: 8080,
        container: "main",
        field: ["spec", "template", "spec", "containers", 0, "ports", 0],
        name: "http",
        hostPort: 80,
      },
    ]);
  });
});
