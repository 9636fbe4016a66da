/** Connections as `network generate --observed` reads them (docs/network-generate.md, "Observed connections"). */
import type { Learned, LearnedOf } from "../../engines/events/learn/model.ts";

export interface ObservedLine {
  readonly time: string;
  readonly from: ObservedEnd;
  readonly to: ObservedEnd;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly count: number;
}

export interface ObservedEnd {
  readonly namespace?: string;
  readonly workload?: string;
  readonly address?: string;
  readonly name?: string;
}

/** Without those within one pod. */
export function* observedLines({ to: time, workloads }: Learned): Generator<ObservedLine> {
  for (const { of, connections } of workloads) {
    const self = endOf(of);
    for (const { direction, protocol, address, port, count } of connections) {
      if (isLoopback(address)) continue;
      const [from, to] = direction === "out" ? [self, { address }] : [{ address }, self];
      yield { time, from, to, protocol, port, count };
    }
  }
}

function endOf({ namespace, kind, name, container }: LearnedOf): ObservedEnd {
  if (name === undefined) return { name: container };
  return { ...(namespace === undefined ? {} : { namespace }), workload: kind === undefined ? name : `${kind}/${name}` };
}

export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
