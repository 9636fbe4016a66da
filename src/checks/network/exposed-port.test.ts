import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { exposedPort } from "./exposed-port.ts";
import { denyAll, found, namespace, networkPolicy, verdicts, workload } from "./reach/network.fixture.ts";

const shop = namespace("shop");
const pod = (port: number) => workload("shop/db", {}, { ports: [{ containerPort: port }] });
const service = (port: number, spec: object) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "shop", name: "db" },
  spec: { selector: { app: "db" }, ports: [{ port: 80, targetPort: port }], ...spec },
});
const balanced = { type: "LoadBalancer" };

test("databases and administration are worse than other ports, and the internet than nodes", () => {
  assert.deepEqual(found(exposedPort, [shop, pod(5432), service(5432, balanced)]), [
    "high Service shop/db: LoadBalancer PostgreSQL | Service shop/db opens PostgreSQL (5432/TCP) of shop/Deployment/db to the internet by LoadBalancer",
  ]);
  assert.match(found(exposedPort, [shop, pod(22), service(22, balanced)])[0] ?? "", /^high .* SSH/);
  assert.match(
    found(exposedPort, [shop, pod(5432), service(5432, { type: "NodePort" })])[0] ?? "",
    /^medium .*anyone who reaches a node by NodePort/,
  );
  assert.match(found(exposedPort, [shop, pod(8080), service(8080, balanced)])[0] ?? "", /^low .* port 8080\/TCP/);
  assert.deepEqual(found(exposedPort, [shop, pod(5432), service(5432, {})]), []);
});

test("what stated addresses alone reach is less, and what policies deny is closed with a CNI that is known", () => {
  const ranges = { ...balanced, loadBalancerSourceRanges: ["203.0.113.0/24"] };
  assert.match(found(exposedPort, [shop, pod(5432), service(5432, ranges)])[0] ?? "", /^medium .*stated addresses/);
  assert.deepEqual(found(exposedPort, [shop, pod(8080), service(8080, ranges)]), []);
  const closed = [shop, pod(5432), service(5432, balanced), denyAll("shop")];
  assert.deepEqual(found(exposedPort, closed), []);
  // Whose address policies see behind a load balancer is the CNI's own, unless the client's is kept.
  assert.match(
    verdicts(exposedPort, closed)[0] ?? "",
    /^manifests unknown: .*a node's address instead of the client's/,
  );
  const kept = [shop, pod(5432), service(5432, { ...balanced, externalTrafficPolicy: "Local" }), denyAll("shop")];
  assert.deepEqual(verdicts(exposedPort, kept), ["manifests pass"]);
  assert.deepEqual(verdicts(exposedPort, kept, defaultPolicy), [
    "manifests unknown: no CNI is known to enforce network policies",
  ]);
  assert.deepEqual(verdicts(exposedPort, [shop, pod(5432), service(5432, {})]), []);
});

test("an Ingress is for that, save of what belongs behind none", () => {
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace: "shop", name: "web" },
    spec: { defaultBackend: { service: { name: "db", port: { number: 80 } } } },
  };
  assert.deepEqual(found(exposedPort, [shop, pod(8080), service(8080, {}), ingress]), []);
  const [line = ""] = found(exposedPort, [shop, pod(15672), service(15672, {}), ingress]);
  assert.match(line, /^medium Ingress shop\/web: Ingress RabbitMQ's administration/);
});

test("a policy that allows the port from everywhere leaves it open", () => {
  const allow = networkPolicy("shop/db", { ingress: [{ ports: [{ port: 5432 }] }], policyTypes: ["Ingress"] });
  assert.match(
    found(exposedPort, [shop, pod(5432), service(5432, balanced), denyAll("shop"), allow])[0] ?? "",
    /^high/,
  );
});
