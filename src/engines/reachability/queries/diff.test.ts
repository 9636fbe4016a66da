import assert from "node:assert/strict";
import { test } from "node:test";
import { overlap } from "../addresses.ts";
import { hasPort, type Network } from "../model.ts";
import { noSettings } from "../settings.ts";
import { type ChangeKind, changeOf, endpointOf, jointRanges } from "./diff.ts";
import { deployment, documents, networkOf, policy, shop } from "./network.fixture.ts";

const PORTS = [80, 3000, 5432, 8080] as const;

/** `shop/Deployment/web > shop/Deployment/api 8080` → what became of it, by asking both networks for each pair and port. */
function byPair(before: Network, after: Network): string[] {
  const found: string[] = [];
  const of = (network: Network) =>
    network.endpoints.flatMap((endpoint, index) =>
      endpoint.kind === "addresses" ? [] : [{ name: endpoint.name, index }],
    );
  const state = (network: Network, from: number | undefined, to: number | undefined, port: number) => {
    if (from === undefined || to === undefined) return "denied";
    const { allowed, unknown } = network.connection(from, to);
    return hasPort(allowed, "TCP", port) ? "allowed" : hasPort(unknown, "TCP", port) ? "unknown" : "denied";
  };
  const names = new Set([...of(before), ...of(after)].map(({ name }) => name));
  for (const from of names) {
    for (const to of names) {
      for (const port of PORTS) {
        const at = (network: Network) =>
          state(
            network,
            of(network).find(({ name }) => name === from)?.index,
            of(network).find(({ name }) => name === to)?.index,
            port,
          );
        const [was, is] = [at(before), at(after)];
        if (was !== is) found.push(`${from} > ${to} ${port}: ${was} ${is}`);
      }
    }
  }
  return found.sort();
}

const STATES: Readonly<Record<ChangeKind, string>> = {
  opened: "denied allowed",
  mayBeOpened: "denied unknown",
  nowAllowed: "unknown allowed",
  closed: "allowed denied",
  mayBeClosed: "allowed unknown",
  nowDenied: "unknown denied",
};

function byBlock(before: Network, after: Network): string[] {
  const { endpoints, blocks } = changeOf(before, after);
  const found: string[] = [];
  for (const { from, to, kind, ports } of blocks) {
    for (const source of from) {
      for (const target of to) {
        const ends = [source, target].map((index) => endpointOf(before, after, endpoints[index] ?? {}));
        if (ends.some(({ kind: one }) => one === "addresses")) continue;
        for (const port of PORTS) {
          if (!hasPort(ports, "TCP", port)) continue;
          found.push(`${ends[0]?.name} > ${ends[1]?.name} ${port}: ${STATES[kind]}`);
        }
      }
    }
  }
  return found.sort();
}

const open = documents(deployment("shop", "web"), deployment("shop", "api"), deployment("new", "cache"));
const blocks = documents(
  open,
  policy(
    "shop",
    "out",
    "{ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 5432 }] }] }",
  ),
);

test("what opens and closes is what asking both for each pair and port says", () => {
  for (const [old, now] of [
    [shop, open],
    [open, shop],
    [shop, blocks],
    [blocks, open],
    [blocks, shop],
    [shop, shop],
  ] as const) {
    for (const settings of [undefined, noSettings]) {
      const [before, after] = [networkOf(old, settings), networkOf(now, settings)];
      assert.deepEqual(byBlock(before, after), byPair(before, after));
    }
  }
});

test("addresses are cut where either network tells them apart", () => {
  const before = networkOf(shop);
  const after = networkOf(blocks);
  const { endpoints } = changeOf(before, after);
  const ranges = endpoints.flatMap((joint) => jointRanges(before, after, joint));
  assert.ok(ranges.length > 1);
  for (const [index, one] of ranges.entries()) {
    assert.ok(!ranges.slice(index + 1).some((other) => overlap(one, other)), "each address is in one part");
  }
  for (const { endpoints: own } of [before, after]) {
    for (const endpoint of own) {
      if (endpoint.kind !== "addresses") continue;
      for (const range of endpoint.ranges)
        assert.ok(
          ranges.some((one) => overlap(one, range)),
          "none is lost",
        );
    }
  }
});

test("the objects that differ in what decides are named, and no others", () => {
  const moved = shop.replace(
    "{ podSelector: {}, policyTypes: [Ingress, Egress] }",
    "{ policyTypes: [Ingress, Egress], podSelector: {} }",
  );
  assert.deepEqual(changeOf(networkOf(shop), networkOf(moved)).objects, []);
  const changed = shop
    .replace("port: 5432", "port: 5433")
    .replace("labels: { app: worker }", "labels: { app: worker, a: b }");
  const named = changeOf(networkOf(shop), networkOf(changed)).objects.map(
    ({ what, object }) => `${what} ${object.kind} ${object.name}`,
  );
  assert.deepEqual(named.sort(), ["changed Deployment worker", "changed NetworkPolicy api"]);
  const { added, removed, objects } = changeOf(networkOf(shop), networkOf(open));
  assert.equal(added.length, 1);
  assert.equal(removed.length, 2);
  assert.ok(objects.some(({ what, object }) => what === "removed" && object.name === "default-deny"));
});
