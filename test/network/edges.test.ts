import assert from "node:assert/strict";
import { test } from "node:test";
import type { Network } from "../../src/engines/reachability/model.ts";
import { networkOf } from "./network-of.ts";
import { randomCluster } from "./random-clusters.ts";

/** `FROM TO ALLOWED UNKNOWN` by classes and ids of port sets, of all that is not denied. */
function askedOneByOne({ classes, endpoints, connection, portSets: { none } }: Network): Set<string> {
  const found = new Set<string>();
  const isOutside = (index: number) => ["addresses", "domain"].includes(endpoints[index]?.kind ?? "");
  for (const [a, [from = 0]] of classes.entries()) {
    for (const [b, [to = 0]] of classes.entries()) {
      // Of a Pod with itself it is no class's connection.
      if (from === to || (isOutside(from) && isOutside(to))) continue;
      const { allowed, unknown } = connection(from, to);
      if (allowed !== none || unknown !== none) found.add(`${a} ${b} ${allowed.id} ${unknown.id}`);
    }
  }
  return found;
}

test("the edges of a network are what its pairs say, each once", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { objects, facts } = randomCluster(seed, {});
    const network = networkOf(objects, facts);
    const found: string[] = [];
    for (const { from, to, connection } of network.edges()) {
      for (const one of to) {
        if (one !== from) found.push(`${from} ${one} ${connection.allowed.id} ${connection.unknown.id}`);
      }
    }
    assert.deepEqual(found.toSorted(), [...askedOneByOne(network)].toSorted(), `seed ${seed}`);
  }
});
