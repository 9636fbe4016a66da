import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AUTHZ,
  ask,
  deployment,
  find,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  service,
  ztunnel,
} from "../mesh/network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

const cluster = [
  istioConfig(),
  ztunnel(),
  namespace("istio-system"),
  namespace("shop", { "istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint" }),
  namespace("other", { "istio.io/dataplane-mode": "ambient" }),
  namespace("plain"),
  deployment("shop/api"),
  deployment("shop/web"),
  deployment("other/in"),
  deployment("plain/plain"),
  service("shop/api", [{ port: 80, targetPort: 8080 }]),
];
const gateway = {
  ...object("gateway.networking.k8s.io/v1 Gateway shop/waypoint", {
    gatewayClassName: "istio-waypoint",
    listeners: [{ name: "mesh", port: 15_008, protocol: "HBONE" }],
  }),
};
const toService = { targetRefs: [{ group: "", kind: "Service", name: "api" }] };
const toGateway = { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "waypoint" }] };
/** ztunnel takes the waypoint alone. */
const locked = object(`${AUTHZ} shop/locked`, {
  selector: { matchLabels: { app: "api" } },
  rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/waypoint"] } }] }],
});
const fromShop = { rules: [{ from: [{ source: { namespaces: ["shop"] } }] }] };

function reach(objects: readonly Spec[], port = 8080) {
  const network = networkOf([...cluster, ...objects]);
  return ["shop/web", "other/in", "plain/plain"].map((from) => ask(network, from, "shop/api", port));
}

describe("waypoints", () => {
  test("its policies do not hold for the pod's own address, and that is told", () => {
    const objects = [gateway, object(`${AUTHZ} shop/at-waypoint`, { ...toService, ...fromShop })];
    assert.deepEqual(reach(objects), ["allowed", "allowed", "allowed"]);
    const network = networkOf([...cluster, ...objects]);
    assert.ok(notes(network).includes("mesh.waypoint-bypassed"));
    assert.match(network.mesh?.workloads[find(network, "shop/api")]?.waypoint?.text ?? "", /waypoint shop\/waypoint/);
  });

  test("where ztunnel takes the waypoint alone, its policies decide, by Service or by Gateway", () => {
    assert.deepEqual(
      reach([gateway, locked]),
      ["allowed", "allowed", "denied"],
      "without a policy of its own it takes every client of ambient",
    );
    for (const target of [toService, toGateway]) {
      assert.deepEqual(reach([gateway, locked, object(`${AUTHZ} shop/at-waypoint`, { ...target, ...fromShop })]), [
        "allowed",
        "denied",
        "denied",
      ]);
    }
    assert.deepEqual(
      reach([gateway, locked], 9090),
      ["denied", "denied", "denied"],
      "only the Service's ports go through it",
    );
  });

  test("the root namespace's policies for the class of waypoints", () => {
    const ofClass = object(`${AUTHZ} istio-system/all`, {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "GatewayClass", name: "istio-waypoint" }],
      ...fromShop,
    });
    assert.deepEqual(reach([gateway, locked, ofClass]), ["allowed", "denied", "denied"]);
    const elsewhere = object(`${AUTHZ} other/all`, {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "GatewayClass", name: "istio-waypoint" }],
      ...fromShop,
    });
    assert.deepEqual(reach([gateway, locked, elsewhere]), ["allowed", "allowed", "denied"]);
  });

  test("requests narrow, and ports are the Service's", () => {
    const of = (operation: Spec) =>
      object(`${AUTHZ} shop/at-waypoint`, { ...toService, rules: [{ to: [{ operation }] }] });
    const network = networkOf([...cluster, gateway, locked, of({ methods: ["GET"] })]);
    assert.equal(ask(network, "other/in", "shop/api"), "allowed");
    assert.ok(
      network.rules.some(({ narrowing }) => narrowing === "requests by methods, through the waypoint shop/waypoint"),
    );
    assert.deepEqual(reach([gateway, locked, of({ ports: ["80"] })]), ["allowed", "allowed", "denied"]);
    assert.deepEqual(reach([gateway, locked, of({ ports: ["8080"] })]), ["denied", "denied", "denied"]);
  });

  test("DENY at the waypoint takes its clients and ports; one of requests leaves the connection", () => {
    const of = (rule: Spec) => object(`${AUTHZ} shop/deny`, { action: "DENY", ...toService, rules: [rule] });
    const other = { from: [{ source: { namespaces: ["other"] } }] };
    assert.deepEqual(reach([gateway, locked, of(other)]), ["allowed", "denied", "denied"]);
    assert.deepEqual(reach([gateway, locked, of({ ...other, to: [{ operation: { ports: ["80"] } }] })]), [
      "allowed",
      "denied",
      "denied",
    ]);
    assert.deepEqual(reach([gateway, locked, of({ ...other, to: [{ operation: { ports: ["81"] } }] })]), [
      "allowed",
      "allowed",
      "denied",
    ]);
    assert.deepEqual(reach([gateway, locked, of({ ...other, to: [{ operation: { methods: ["POST"] } }] })]), [
      "allowed",
      "allowed",
      "denied",
    ]);
  });

  test("behind it ztunnel sees the waypoint: a DENY of the client is gone around", () => {
    const deny = object(`${AUTHZ} shop/deny`, {
      action: "DENY",
      selector: { matchLabels: { app: "api" } },
      rules: [{ from: [{ source: { namespaces: ["other"] } }] }],
    });
    assert.deepEqual(reach([gateway, locked, deny]), ["allowed", "allowed", "denied"]);
    const denyWaypoint = object(`${AUTHZ} shop/deny`, {
      action: "DENY",
      selector: { matchLabels: { app: "api" } },
      rules: [{ from: [{ source: { serviceAccounts: ["waypoint"] } }] }],
    });
    assert.deepEqual(reach([gateway, locked, denyWaypoint]), ["denied", "denied", "denied"]);
  });

  test("CUSTOM at the waypoint is its authorizer's", () => {
    const custom = object(`${AUTHZ} shop/custom`, {
      action: "CUSTOM",
      provider: { name: "opa" },
      ...toService,
      rules: [{}],
    });
    assert.deepEqual(reach([gateway, locked, custom]), ["unknown", "unknown", "denied"]);
  });

  test("one that was not read leaves its way unknown", () => {
    assert.deepEqual(reach([locked]), ["unknown", "unknown", "denied"]);
  });

  test("one for workloads is none for Services, and none may be used", () => {
    const workloads = {
      ...gateway,
      metadata: { name: "waypoint", namespace: "shop", labels: { "istio.io/waypoint-for": "workload" } },
    };
    assert.deepEqual(reach([workloads, locked]), ["denied", "denied", "denied"]);
    const opted = {
      ...service("shop/api", [{ port: 80, targetPort: 8080 }]),
      metadata: { name: "api", namespace: "shop", labels: { "istio.io/use-waypoint": "none" } },
    };
    const network = networkOf([...cluster.slice(0, -1), opted, gateway, locked]);
    assert.equal(ask(network, "shop/web", "shop/api"), "denied");
  });

  test("targetRefs that lead to no waypoint are told", () => {
    const network = networkOf([
      ...cluster,
      gateway,
      object(`${AUTHZ} shop/lost`, { targetRefs: [{ group: "", kind: "Service", name: "nobody" }], rules: [{}] }),
    ]);
    assert.ok(notes(network).includes("mesh.policy-without-effect"));
    assert.deepEqual(gapCodes(network), []);
  });

  test("targetRefs of a gateway are for its pods", () => {
    const pods = deployment("plain/edge", {
      proxy: "istio-proxy",
      labels: { "gateway.networking.k8s.io/gateway-name": "edge" },
    });
    const policy = object(`${AUTHZ} plain/edge`, {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" }],
      ...fromShop,
    });
    const network = networkOf([...cluster, pods, policy]);
    assert.equal(ask(network, "internet", "plain/edge"), "denied");
    assert.equal(ask(network, "internet", "shop/api"), "allowed");
  });
});
