/** Gathers needs: what several places say is one need with several reasons. */
import { formatFieldPath } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import {
  endKey,
  endName,
  type Need,
  type NeedEnd,
  type NeedPort,
  type NeedReason,
  type Needs,
  type UnknownNeed,
} from "./model.ts";

export interface NeedCollector {
  need(from: NeedEnd, to: NeedEnd, port: NeedPort, reason: NeedReason): void;
  unknown(one: UnknownNeed): void;
  needs(): Needs;
}

interface Draft extends NeedPort {
  readonly from: NeedEnd;
  readonly to: NeedEnd;
  readonly reasons: [NeedReason, ...NeedReason[]];
}

export function needCollector(): NeedCollector {
  const found = new Map<string, Draft>();
  const unknowns = new Map<string, UnknownNeed>();

  function unknown(one: UnknownNeed): void {
    const key = `${one.code} ${one.workload ?? ""} ${one.reason}`;
    if (unknowns.size < bounds.gaps) {
      if (!unknowns.has(key)) unknowns.set(key, one);
    } else if (!unknowns.has("bound")) {
      unknowns.set("bound", {
        code: "network.need.bound",
        reason: `more than ${bounds.gaps} needs that are not known`,
      });
    }
  }

  return {
    need(from, to, { protocol, port }, reason) {
      const key = `${endKey(from)}\n${endKey(to)}\n${protocol} ${port}`;
      const before = found.get(key);
      if (before !== undefined) {
        if (before.reasons.length < bounds.needReasons && !before.reasons.some((each) => isSame(each, reason))) {
          before.reasons.push(reason);
        }
      } else if (found.size < bounds.needs) found.set(key, { from, to, protocol, port, reasons: [reason] });
      else
        unknown({ code: "network.need.bound", reason: `more than ${bounds.needs} needs: the rest is not among them` });
    },
    unknown,
    needs: () => ({ needs: [...found.values()].sort(inOrder), unknown: [...unknowns.values()].sort(unknownOrder) }),
  };
}

function isSame(a: NeedReason, b: NeedReason): boolean {
  return a.text === b.text && a.place?.object === b.place?.object && fieldOf(a) === fieldOf(b);
}

function fieldOf({ place }: NeedReason): string {
  return place === undefined ? "" : formatFieldPath(place.field);
}

function inOrder(a: Need, b: Need): number {
  return (
    compare(endName(a.from), endName(b.from)) ||
    compare(endName(a.to), endName(b.to)) ||
    compare(a.protocol, b.protocol) ||
    a.port - b.port
  );
}

function unknownOrder(a: UnknownNeed, b: UnknownNeed): number {
  return compare(a.workload ?? "", b.workload ?? "") || compare(a.code, b.code) || compare(a.reason, b.reason);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
