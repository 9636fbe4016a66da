/** What the process that evaluates rules asks for, read as somebody's words who may have been taken over. */
import { isObject } from "../../../core/untyped.ts";
import { isContainerId } from "../../../engines/events/containers/values.ts";
import type { FromWorker } from "./messages.ts";

/** Of the sensor's commands those that end nobody, and keep nothing from being seen that its rules do not decide. */
const COMMAND =
  /^\d{1,9} (?:hooks [a-z0-9_]{1,64}(?:,[a-z0-9_]{1,64}){0,999}|denied (?:on|off)|scope (?:all|containers)|learn (?:on|off)|used|thread \d{1,10}|metrics|end)$/;

const HOOKS = 1_000;
const TEXT = 16 * 1024;
const LINE = 4 * 1024 * 1024;
const OUTPUTS = 100;
const STREAMS = 10;

const runtimes: ReadonlySet<string> = new Set(["docker", "containerd", "cri-o", "podman", "lxc", "other"]);

/** @returns undefined for what is not asked for in a form that there is */
export function requestOf(message: Readonly<Record<string, unknown>>): FromWorker | undefined {
  return isRequest(message) ? (message as FromWorker) : undefined;
}

function isRequest(message: Readonly<Record<string, unknown>>): boolean {
  switch (message.say) {
    case "ready":
      return (
        isObject(message.ports) && [message.ports.audit, message.ports.status].every((value) => isPortOrAbsent(value))
      );
    case "failed":
      return (
        [message.code, message.place, message.cause].every((value) => isText(value)) && isTextOrAbsent(message.remedy)
      );
    case "event":
      return isText(message.text);
    case "open":
      return isCount(message.sensor) && isHooks(message.hooks);
    case "command":
      return isCount(message.sensor) && typeof message.line === "string" && COMMAND.test(message.line);
    case "answer":
      return (
        [message.sensor, message.command].every((value) => isCount(value)) &&
        typeof message.done === "boolean" &&
        isText(message.why)
      );
    case "close":
      return isCount(message.sensor);
    case "ask":
      return isContainer(message.container);
    case "line":
      return isCount(message.output, OUTPUTS) && isText(message.text, LINE) && !/\n/.test(message.text as string);
    case "respond":
      return isText(message.request, LINE);
    case "alert":
      return isCount(message.stream, STREAMS) && isAlert(message.alert);
    case "stream":
      return isCount(message.stream, STREAMS) && isRead(message.read);
    case "done":
      return true;
    default:
      return false;
  }
}

function isText(value: unknown, most = TEXT): boolean {
  return typeof value === "string" && value.length <= most;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isCount(value: unknown, most = 0x7fff_ffff): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}

function isPortOrAbsent(value: unknown): boolean {
  return value === undefined || isCount(value, 65_535);
}

function isHooks(value: unknown): boolean {
  const isHook = (name: unknown) => typeof name === "string" && /^[a-z0-9_]{1,64}$/.test(name);
  return Array.isArray(value) && value.length <= HOOKS && value.every(isHook);
}

/** Only what a container is looked for by: ids become parts of paths. */
function isContainer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, fullId, runtime, uid, podUid, details } = value;
  const isUid = uid === undefined || isCount(uid, 0xffff_ffff);
  const isIds = isContainerId(id) && isContainerId(fullId) && runtimes.has(String(runtime));
  return isIds && isUid && isTextOrAbsent(podUid) && details === undefined;
}

/** What is evaluated of it; that its texts are attackers' is so with every alert. */
function isAlert(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { rule, output, subject, tags, fields, about, count, first, last, severity, priority, detector, source } =
    value;
  return (
    [rule, output, subject, severity, priority, detector, source].every((text) => isText(text, LINE)) &&
    Array.isArray(tags) &&
    isObject(fields) &&
    isObject(about) &&
    isCount(count, Number.MAX_SAFE_INTEGER) &&
    typeof first === "bigint" &&
    typeof last === "bigint"
  );
}

function isRead(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { read, seen, gaps } = value;
  return isObject(read) && Array.isArray(read.lost) && isObject(read.evicted) && [seen, gaps].every(Array.isArray);
}
