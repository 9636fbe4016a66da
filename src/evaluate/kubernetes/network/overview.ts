/** What is gathered of the whole network in one pass over its edges, which may be millions. */
import type { Network } from "../../../engines/reachability/model.ts";
import { type ForeignOverview, foreignOverview } from "./foreign-reach.ts";
import { type OutsideOverview, outsideOverview } from "./outside-reach.ts";
import { type ReachedOverview, reachedOverview } from "./reached.ts";

export interface Overview {
  readonly foreign: ForeignOverview;
  readonly outside: OutsideOverview;
  readonly reached: ReachedOverview;
}

export function overviewOf(network: Network): Overview {
  const foreign = foreignOverview(network);
  const outside = outsideOverview(network);
  const reached = reachedOverview(network);
  for (const { from, to, open } of edgesOf(network)) {
    foreign.visit(from, to, open);
    outside.visit(from, to, open);
    reached.visit(from, to, open);
  }
  return { foreign, outside, reached };
}

/** Where nothing enforces policies all is open. */
function* edgesOf(network: Network): Generator<{ from: number; to: readonly number[]; open: boolean }> {
  if (network.enforced === "no") {
    const all = [...network.classes.keys()];
    for (const from of all) yield { from, to: all, open: true };
    return;
  }
  for (const { from, to, connection } of network.edges()) {
    yield { from, to, open: connection.allowed !== network.portSets.none };
  }
}
