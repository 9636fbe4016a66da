/** What was observed, beside what is declared. */
import { endKey, type Need, type NeedReason } from "../../engines/reachability/needs/model.ts";
import type { AttributedConnection } from "../../engines/reachability/observed/attribute.ts";

/**
 * Connections within the cluster are needs. What leaves it, or comes from outside, is none: that is for the policy's list
 * of egress and for Services to say, so that nobody is let out because somebody got out before.
 */
export function learnedNeeds(connections: readonly AttributedConnection[]): Need[] {
  return connections.flatMap((one) => {
    const isWithin = [one.from, one.to].every(
      ({ kind }) => kind === "pods" || kind === "api-server" || kind === "nodes",
    );
    return isWithin && (one.from.kind === "pods" || one.to.kind === "pods")
      ? [{ ...one, reasons: [observedReason(one)] }]
      : [];
  });
}

function observedReason({ count, last }: AttributedConnection): NeedReason {
  const when = last === undefined ? "" : `, last ${last}`;
  return { kind: "observed", text: `observed ${count} ${count === 1 ? "time" : "times"}${when}` };
}

export function connectionKey({ from, to, protocol, port }: Pick<Need, "from" | "to" | "protocol" | "port">): string {
  return `${endKey(from)}\n${endKey(to)}\n${protocol} ${port}`;
}

/** Equal needs are one, with the reasons of all. */
export function mergeNeeds(needs: readonly Need[]): Need[] {
  const merged = new Map<string, Need>();
  for (const need of needs) {
    const key = connectionKey(need);
    const before = merged.get(key);
    merged.set(key, before === undefined ? need : { ...before, reasons: [...before.reasons, ...need.reasons] });
  }
  return [...merged.values()];
}

/** Whether an observed connection is allowed: some need that is met is it. */
export function isAmong(needs: readonly Need[]): (connection: AttributedConnection) => boolean {
  const known = new Set(needs.map(connectionKey));
  return (connection) => known.has(connectionKey(connection));
}
