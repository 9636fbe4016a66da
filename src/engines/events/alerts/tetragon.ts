/**
 * Tetragon's JSON export (its API's `GetEventsResponse`, a line each). What a tracing policy found is an alert; programs that
 * start and end without any are counted.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { subjectOf } from "../detect/subject.ts";
import type { AlertProcess, AlertSubject } from "../model.ts";
import type { Detector, Reading } from "./model.ts";
import {
  containerOf,
  countAt,
  fieldsOf,
  known,
  listAt,
  objectAt,
  priorityOf,
  textAt,
  textsAt,
  timeAt,
} from "./values.ts";

/** Events of tracing policies, by what they hook. */
const OF_POLICIES = ["process_kprobe", "process_tracepoint", "process_uprobe", "process_lsm", "process_usdt"] as const;

const OTHERS = ["process_exec", "process_exit", "process_loader", "test"] as const;

/** What Tetragon did to the process or to its call: somebody thought this bad enough. */
const ENFORCED = /^KPROBE_ACTION_(?:SIGKILL|SIGNAL|OVERRIDE|NOTIFYENFORCER)$/;

export const tetragon: Detector = {
  name: "tetragon",
  isOwn: (document) =>
    [...OF_POLICIES, ...OTHERS, "process_throttle", "rate_limit_info"].some((kind) => isObject(document[kind])) &&
    ("time" in document || "node_name" in document),
  read,
};

function read(document: Untyped): readonly Reading[] {
  const limited = objectAt(document, "rate_limit_info");
  if (limited !== undefined) {
    const count = countAt(limited, "number_of_dropped_process_events") ?? 1;
    return [{ lost: "dropped by Tetragon over its export's rate limit", count }];
  }
  const throttled = objectAt(document, "process_throttle");
  if (throttled !== undefined) {
    const starts = textAt(throttled, "type") !== "THROTTLE_STOP";
    return [starts ? { lost: "not seen while Tetragon throttled a cgroup", count: 1 } : { passed: "process_throttle" }];
  }
  for (const kind of OF_POLICIES) {
    const event = objectAt(document, kind);
    if (event !== undefined) return found(kind, event, document);
  }
  const other = OTHERS.find((kind) => isObject(document[kind]));
  return other === undefined ? [] : [{ passed: other }];
}

function found(kind: string, event: Untyped, document: Untyped): readonly Reading[] {
  const policy = textAt(event, "policy_name");
  // Hooks of a configuration without policies.
  if (policy === undefined) return [{ passed: kind }];
  const time = timeAt(document, "time");
  if (time === undefined) return [];
  const action = textAt(event, "action");
  const severity = action !== undefined && ENFORCED.test(action) ? "high" : "medium";
  const hook = hookOf(event);
  const values = listAt(event, "args").map(argument);
  const process = processOf(event);
  const fields = fieldsOf({
    ...(hook === undefined ? {} : { "tetragon.hook": hook }),
    ...(action === undefined ? {} : { "tetragon.action": action }),
    ...Object.fromEntries(values.map((value, index) => [`tetragon.args[${index}]`, value])),
  });
  const command = process === undefined ? "" : `${process.commandLine}: `;
  const call = `${hook ?? kind}(${values.join(", ")})`;
  return [
    {
      alert: {
        rule: policy,
        detector: "tetragon",
        priority: priorityOf(severity),
        severity,
        source: "syscall",
        tags: textsAt(event, "tags"),
        output: `${command}${textAt(event, "message") ?? call}${severity === "high" ? ` (${action})` : ""}`,
        fields,
        count: Math.max(1, countAt(document, "aggregation_info", "count") ?? 1),
        first: time,
        last: time,
        about: aboutOf(event, document),
        subject: subjectOf(fields, process?.commandLine),
        ...(process === undefined ? {} : { process }),
      },
    },
  ];
}

function hookOf(event: Untyped): string | undefined {
  const symbol = textAt(event, "function_name") ?? textAt(event, "symbol");
  if (symbol !== undefined) return symbol;
  const name = textAt(event, "event");
  const subsystem = textAt(event, "subsys");
  return subsystem === undefined || name === undefined ? name : `${subsystem}:${name}`;
}

/** An argument holds one value, in a field for its type: `{ "file_arg": { "path": "/etc/shadow" } }`. */
function argument(given: unknown): string {
  if (!isObject(given)) return "";
  const [type, value] = Object.entries(given).find(([name]) => name.endsWith("_arg")) ?? [];
  if (type === undefined) return "";
  if (type === "sock_arg" || type === "skb_arg" || type === "sockaddr_arg") return connection(value);
  if (isObject(value)) return textAt(value, "path") ?? textAt(value, "name") ?? JSON.stringify(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function connection(value: unknown): string {
  const from = end(textAt(value, "saddr") ?? textAt(value, "addr"), countAt(value, "sport") ?? countAt(value, "port"));
  const to = end(textAt(value, "daddr"), countAt(value, "dport"));
  return to === "" ? from : `${from}->${to}`;
}

function end(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return "";
  return port === undefined ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function processOf(event: Untyped): AlertProcess | undefined {
  const path = textAt(event, "process", "binary");
  if (path === undefined) return undefined;
  const words = textAt(event, "process", "arguments");
  const above = [objectAt(event, "parent"), ...listAt(event, "ancestors")];
  const ancestors = above.flatMap((each) => textAt(each, "binary") ?? []).map(baseName);
  return {
    pid: countAt(event, "process", "pid") ?? 0,
    name: baseName(path),
    path,
    commandLine: words === undefined ? path : `${path} ${words}`,
    ancestors: ancestors.slice(0, 8),
    ...known({
      uid: countAt(event, "process", "uid"),
      user: textAt(event, "process", "user", "name"),
    }),
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function aboutOf(event: Untyped, document: Untyped): AlertSubject {
  const pod = objectAt(event, "process", "pod");
  const namespace = textAt(pod, "namespace");
  const name = textAt(pod, "name");
  const workload = textAt(pod, "workload");
  const kind = textAt(pod, "workload_kind");
  return known({
    host: textAt(document, "node_name"),
    // Outside of Kubernetes the beginning of the id is all there is.
    container: containerOf(textAt(pod, "container", "id") ?? textAt(event, "process", "docker"), {
      name: textAt(pod, "container", "name"),
      image: textAt(pod, "container", "image", "name"),
      imageId: textAt(pod, "container", "image", "id"),
    }),
    pod:
      namespace === undefined || name === undefined
        ? undefined
        : {
            namespace,
            name,
            ...known({
              uid: textAt(pod, "uid"),
              owner: workload === undefined || kind === undefined ? undefined : { kind, name: workload },
            }),
          },
  });
}
