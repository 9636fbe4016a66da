/** Reads observed connections line by line, of whichever form each line has, and holds of them the different ones alone. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { isAccessLog, readJsonAccessLog, readTextAccessLog } from "./envoy.ts";
import { type DnsNames, flowOf, readFlow } from "./hubble.ts";
import {
  isSkipped,
  type Observed,
  type ObservedConnection,
  type ObservedEnd,
  type ReadLine,
  type SkippedLine,
} from "./model.ts";
import { isOwnLine, readOwnLine } from "./own.ts";

export interface ObservedReader {
  /** Text from wherever it was cut. */
  text(part: string): void;
  end(): Observed;
}

/** Never throws for what lines hold: what gives no connection is counted by its reason. */
export function observedReader(): ObservedReader {
  const found = new Map<string, { connection: ObservedConnection; count: number; last: string | undefined }>();
  const skipped = new Map<SkippedLine, number>();
  const names: DnsNames = new Map();
  let lines = 0;
  let rest = "";
  /** The line is over its bound: nothing of it is held. */
  let isOver = false;

  const skip = (reason: SkippedLine) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);

  function line(text: string): void {
    if (text.trim() === "") return;
    lines++;
    const read = text.length > bounds.observedLineLength ? "too long" : readLine(text.trim(), names);
    if (isSkipped(read)) {
      skip(read);
      return;
    }
    const { count = 1, last, ...connection } = read;
    const key = keyOf(connection);
    const before = found.get(key);
    if (before !== undefined) {
      before.count = Math.min(Number.MAX_SAFE_INTEGER, before.count + count);
      if (last !== undefined && (before.last === undefined || last > before.last)) before.last = last;
    } else if (found.size >= bounds.observedConnections) skip("beyond the limit of different connections");
    else found.set(key, { connection: { ...connection, count }, count, last });
  }

  return {
    text(part) {
      let from = 0;
      for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", from)) {
        const text = rest + part.slice(from, at);
        rest = "";
        from = at + 1;
        if (isOver) {
          lines++;
          skip("too long");
          isOver = false;
        } else line(text);
      }
      if (!isOver) rest += part.slice(from);
      if (rest.length > bounds.observedLineLength) {
        isOver = true;
        rest = "";
      }
    },
    end() {
      if (isOver) {
        lines++;
        skip("too long");
      } else if (rest !== "") line(rest);
      rest = "";
      isOver = false;
      const connections = [...found.values()].map(({ connection, count, last }) => ({
        ...connection,
        count,
        ...(last === undefined ? {} : { last }),
      }));
      return { connections, lines, skipped };
    },
  };
}

function keyOf({ from, to, protocol, port }: Pick<ObservedConnection, "from" | "to" | "protocol" | "port">): string {
  return JSON.stringify([endKey(from), endKey(to), protocol, port]);
}

function endKey({ namespace, pod, workload, labels, address, name, entity }: ObservedEnd): unknown {
  // Of a pod that is known by its workload neither its own name nor its address tells more.
  if (workload !== undefined) return [namespace, workload.kind, workload.name];
  return [namespace, pod, labels === undefined ? [] : Object.entries(labels).sort(), address, name, entity];
}

/** What `kubectl logs --prefix` writes before each line. */
const PREFIX = /^\[pod\/([a-z0-9.-]{1,253})\/[a-z0-9-]{1,63}\] /;

function readLine(line: string, names: DnsNames): ReadLine {
  const prefix = PREFIX.exec(line);
  const pod = prefix?.[1];
  const text = prefix === null ? line : line.slice(prefix[0].length);
  if (text.startsWith("[")) return readTextAccessLog(text, pod) ?? "not of a known form";
  if (!text.startsWith("{")) return "not of a known form";
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return "not readable";
  }
  return isObject(value) ? readObject(value, pod, names) : "not readable";
}

function readObject(value: Untyped, pod: string | undefined, names: DnsNames): ReadLine {
  if (isOwnLine(value)) return readOwnLine(value);
  if (isAccessLog(value)) return readJsonAccessLog(value, pod);
  const flow = flowOf(value);
  return flow === undefined ? "not of a known form" : readFlow(flow, names);
}
