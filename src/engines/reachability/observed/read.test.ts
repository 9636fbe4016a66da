import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { bounds } from "../bounds.ts";
import type { Observed } from "./model.ts";
import { observedReader } from "./read.ts";

function read(...lines: readonly (string | object)[]): Observed {
  const reader = observedReader();
  reader.text(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
  return reader.end();
}

const own = {
  time: "2026-11-27T15:00:00Z",
  from: { namespace: "shop", workload: "Deployment/web" },
  to: { name: "api" },
  protocol: "tcp",
  port: 80,
};

const flow = {
  time: "2026-11-27T15:00:01Z",
  verdict: "FORWARDED",
  IP: { source: "10.0.0.1", destination: "192.0.2.7", ipVersion: "IPv4" },
  l4: { TCP: { source_port: 40_000, destination_port: 443, flags: { SYN: true } } },
  source: {
    namespace: "shop",
    pod_name: "web-5d4f8c7b9-x2x4q",
    labels: ["k8s:app=web", "k8s:io.kubernetes.pod.namespace=shop"],
    workloads: [{ name: "web", kind: "Deployment" }],
  },
  destination: { labels: ["reserved:world"] },
  destination_names: ["Api.example.com."],
  is_reply: false,
};

const access = {
  start_time: "2026-11-27T15:00:02.000Z",
  upstream_cluster: "outbound|80||api.shop.svc.cluster.local",
  upstream_host: "10.0.0.2:3000",
  downstream_remote_address: "10.0.0.1:5000",
  downstream_local_address: "10.96.0.9:80",
  response_flags: "-",
  requested_server_name: "-",
};

test("lines of our own form: equal ones are one, with the last time and how often", () => {
  const { connections, lines, skipped } = read(
    own,
    { ...own, time: "2026-11-27T16:00:00Z", count: 3 },
    { ...own, verdict: "denied" },
  );
  assert.deepEqual(connections, [
    {
      from: { namespace: "shop", workload: { kind: "Deployment", name: "web" } },
      to: { name: "api" },
      protocol: "TCP",
      port: 80,
      portOf: "service",
      count: 4,
      last: "2026-11-27T16:00:00Z",
    },
  ]);
  assert.equal(lines, 3);
  assert.deepEqual([...skipped], [["denied or dropped", 1]]);
});

test("Hubble's flows, plain and as observe prints them; replies, drops and what has no direction are none", () => {
  const undirected = { ...flow, is_reply: null };
  const middle = { ...undirected, l4: { TCP: { destination_port: 40_000, flags: { ACK: true } } } };
  const { connections, skipped } = read(
    { flow, node_name: "n" },
    undirected,
    middle,
    { ...flow, is_reply: true },
    { ...flow, verdict: "DROPPED" },
    { ...flow, l4: { ICMPv4: { type: 8 } } },
  );
  assert.deepEqual(
    connections.map(({ to, port, count, from }) => [from.workload?.name, to.name, to.entity, port, count]),
    [["web", "api.example.com", "outside", 443, 2]],
  );
  assert.deepEqual([...skipped].sort(), [
    ["a reply", 1],
    ["denied or dropped", 1],
    ["no direction", 1],
    ["no port", 1],
  ]);
});

test("names come from DNS answers where a flow has none", () => {
  const dns = {
    verdict: "FORWARDED",
    is_reply: true,
    source: {},
    l7: { type: "RESPONSE", dns: { query: "db.example.com.", ips: ["192.0.2.7"] } },
  };
  const { connections } = read(dns, { ...flow, destination_names: [] });
  assert.deepEqual(
    connections.map(({ to }) => to.name),
    ["db.example.com"],
  );
});

test("Istio's access logs in JSON and as text, with the pod that kubectl names", () => {
  const text =
    '[2026-11-27T15:00:02.000Z] "GET /a\\" b HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1 "-" "curl [x]" "id" "api" "10.0.0.2:3000" outbound|80||api.shop.svc.cluster.local 10.0.0.1:1 10.96.0.9:80 10.0.0.1:5000 - default';
  const inbound = { ...access, upstream_cluster: "inbound|3000||", downstream_local_address: "[fd00::2]:3000" };
  const { connections } = read(
    access,
    `[pod/web-5d4f8c7b9-x2x4q/istio-proxy] ${text}`,
    inbound,
    {
      ...access,
      upstream_cluster: "PassthroughCluster",
      requested_server_name: "Pay.example.com",
      upstream_host: "192.0.2.7:443",
    },
    { ...access, response_flags: "UF,URX" },
    { ...access, upstream_cluster: "BlackHoleCluster" },
  );
  assert.deepEqual(
    connections.map(({ from, to, port }) => [from.pod ?? from.address, to.name ?? to.address, port]),
    [
      ["10.0.0.1", "api.shop.svc.cluster.local", 3000],
      ["web-5d4f8c7b9-x2x4q", "api.shop.svc.cluster.local", 3000],
      ["10.0.0.1", "fd00::2", 3000],
      ["10.0.0.1", "pay.example.com", 443],
    ],
  );
});

test("lines that are too long or of no form are counted, wherever the text is cut", () => {
  const reader = observedReader();
  const long = "x".repeat(bounds.observedLineLength + 5);
  const text = `${long}\n${JSON.stringify(own)}\n{"a":1}\nwords\n{broken\n\n${long}`;
  for (let at = 0; at < text.length; at += 70_001) reader.text(text.slice(at, at + 70_001));
  const { connections, lines, skipped } = reader.end();
  assert.equal(connections.length, 1);
  assert.equal(lines, 6);
  assert.deepEqual([...skipped].sort(), [
    ["not of a known form", 2],
    ["not readable", 1],
    ["too long", 2],
  ]);
});

test("records with anything in any place are read or counted", () => {
  const seeds = [own, flow, { flow }, access] as const;
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, [], {}, "", "-", -1, 65_536, "__proto__"));
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.nat(), fc.nat(), anything, (seed, first, second, value) => {
      const copy = JSON.parse(JSON.stringify(seed)) as Record<string, unknown>;
      const keys = Object.keys(copy);
      const key = keys[first % keys.length] as string;
      const inner = copy[key];
      if (typeof inner === "object" && inner !== null && second % 2 === 0) {
        const names = Object.keys(inner);
        (inner as Record<string, unknown>)[names[second % Math.max(1, names.length)] ?? "x"] = value;
      } else copy[key] = value;
      const { connections, skipped, lines } = read(copy);
      assert.equal(lines, 1);
      assert.equal(connections.length + [...skipped.values()].reduce((sum, one) => sum + one, 0), 1);
      for (const { port } of connections) assert.ok(port > 0 && port < 65_536);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), fc.nat(20), (text, cut) => {
      const reader = observedReader();
      reader.text(text.slice(0, cut));
      reader.text(text.slice(cut));
      assert.equal(reader.end().connections.length, 0);
    }),
  );
});
