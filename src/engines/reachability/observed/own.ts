/**
 * Bulkhead's own form of observed connections: one JSON object a line (docs/network-generate.md, "Observed connections").
 *
 *     {"time":"2026-11-27T15:00:00Z","from":{"namespace":"shop","pod":"web-0"},"to":{"name":"api.example.com"},"protocol":"TCP","port":443}
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { ObservedEnd, ReadLine } from "./model.ts";
import { portAt, textAt, textsAt } from "./values.ts";

export function isOwnLine(value: Untyped): boolean {
  return isObject(value.from) && isObject(value.to) && Object.hasOwn(value, "port");
}

export function readOwnLine(value: Untyped): ReadLine {
  const verdict = textAt(value, "verdict") ?? "allowed";
  if (verdict !== "allowed") return "denied or dropped";
  const protocol = (textAt(value, "protocol") ?? "TCP").toUpperCase();
  const port = portAt(value, "port");
  if (port === undefined || (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP")) return "no port";
  const to = endAt(value.to);
  if (to === undefined) return "no destination";
  const from = endAt(value.from);
  if (from === undefined) return "no direction";
  const count = value.count;
  const last = textAt(value, "time");
  return {
    from,
    to,
    protocol,
    port,
    // Of a name alone nothing tells which pod was reached.
    portOf: to.name !== undefined && to.pod === undefined && to.workload === undefined ? "service" : "pod",
    ...(typeof count === "number" && Number.isSafeInteger(count) && count > 0 ? { count } : {}),
    ...(last === undefined ? {} : { last }),
  };
}

function endAt(value: unknown): ObservedEnd | undefined {
  if (!isObject(value)) return undefined;
  const workload = value.workload;
  const [kind, name] = typeof workload === "string" && workload.includes("/") ? split(workload) : [undefined, workload];
  const end: ObservedEnd = {
    ...textsAt(value, ["namespace", "pod", "address", "name"]),
    ...(typeof name === "string" && name !== "" ? { workload: { name, ...(kind === undefined ? {} : { kind }) } } : {}),
  };
  return end.pod === undefined && end.workload === undefined && end.address === undefined && end.name === undefined
    ? undefined
    : end;
}

/** `Deployment/web`. */
function split(workload: string): [string, string] {
  const slash = workload.indexOf("/");
  return [workload.slice(0, slash), workload.slice(slash + 1)];
}
