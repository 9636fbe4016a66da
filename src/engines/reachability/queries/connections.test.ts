import assert from "node:assert/strict";
import { test } from "node:test";
import type { Network } from "../model.ts";
import { noSettings } from "../settings.ts";
import { groupedConnections, type Scope } from "./connections.ts";
import { deployment, documents, networkOf, policy, shop } from "./network.fixture.ts";

/** `from to` → what is allowed and unknown, by asking for each pair. */
function byPair(network: Network, scope: Scope): Map<string, string> {
  const found = new Map<string, string>();
  for (const from of network.endpoints.keys()) {
    for (const to of network.endpoints.keys()) {
      if (scope.from?.has(from) === false || scope.to?.has(to) === false) continue;
      if (scope.focus !== undefined && !scope.focus.has(from) && !scope.focus.has(to)) continue;
      const [a, b] = [network.endpoints[from], network.endpoints[to]];
      const outside = (one: typeof a) => one?.kind === "addresses" || one?.kind === "domain";
      if (outside(a) && outside(b)) continue;
      const { allowed, unknown } = network.connection(from, to);
      if (allowed === network.portSets.none && unknown === network.portSets.none) continue;
      if (from === to && a?.kind === "pods" && a.workload.object.kind === "Pod") continue;
      found.set(`${from} ${to}`, `${allowed.id} ${unknown.id}`);
    }
  }
  return found;
}

function byBlock(network: Network, scope: Scope): Map<string, string> {
  const { groups, blocks } = groupedConnections(network, scope);
  const found = new Map<string, string>();
  for (const { from, to, allowed, unknown } of blocks) {
    for (const source of from.flatMap((group) => groups[group] ?? [])) {
      for (const target of to.flatMap((group) => groups[group] ?? [])) {
        const endpoint = network.endpoints[source];
        if (source === target && endpoint?.kind === "pods" && endpoint.workload.object.kind === "Pod") continue;
        assert.ok(!found.has(`${source} ${target}`), "each pair is in one block");
        found.set(`${source} ${target}`, `${allowed.id} ${unknown.id}`);
      }
    }
  }
  return found;
}

const pods = ["one", "two", "three"].map(
  (name) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: a }\nspec: { containers: [] }\n`,
);
const texts = [
  shop,
  documents(...pods, policy("a", "deny", "{ podSelector: {} }")),
  documents(...pods),
  documents(
    deployment("a", "one"),
    deployment("b", "two"),
    policy(
      "a",
      "block",
      "{ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }] }] }",
    ),
  ),
];

test("blocks hold exactly the connections that pairs have, each once", () => {
  for (const text of texts) {
    for (const network of [networkOf(text), networkOf(text, noSettings)]) {
      const last = network.endpoints.length - 1;
      const scopes: readonly Scope[] = [
        {},
        { from: new Set([0]) },
        { to: new Set([1, last]) },
        { focus: new Set([0, last]) },
        { from: new Set([0, 1]), focus: new Set([last]) },
      ];
      for (const scope of scopes) {
        assert.deepEqual(
          [...byBlock(network, scope)].sort(),
          [...byPair(network, scope)].sort(),
          `${text.slice(0, 60)} ${Object.keys(scope).join()}`,
        );
      }
    }
  }
});

test("an unknown connection has its cause", () => {
  const { blocks, doubts } = groupedConnections(networkOf(texts[3] as string, noSettings));
  const unknown = blocks.filter(({ doubts: causes }) => causes.length > 0);
  assert.ok(unknown.length > 0);
  for (const { doubts: causes } of unknown)
    for (const cause of causes) assert.ok(doubts[cause]?.code.startsWith("network."));
});
