/**
 * Reads events as objects of JSON (docs/event-lines.md): one a line in files, items of lists in the tests of rules. The keys
 * tell what each is: `event`, `process`, `descriptor`, `user`, `group`, `container`, `machine`, `lost`, or `format`, which says
 * the version.
 */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import type { ContainerFacts } from "../containers/model.ts";
import { SyscallEvent } from "../event.ts";
import type { SyscallSink, ThreadSnapshot } from "../sink.ts";
import type { Descriptor, Endpoint } from "../state/thread.ts";
import { descriptorKind, overlays, protocols, roles, socketName } from "../types/descriptors.ts";
import { addressBytes, endpointOf } from "./addresses.ts";
import { cgroupOf, fullIdOf, readContainer } from "./container.ts";
import { readEventLine } from "./event.ts";
import { isObject, LineError, optional, Shape } from "./shape.ts";
import { STEP, timeOf } from "./time.ts";
import { parameterValue } from "./values.ts";

export const LINES_FORMAT = "bulkhead-events";
export const LINES_VERSION = 1;

/** When the first event happens that says no time: 2026-01-01. */
const USUAL_START = 1_767_225_600_000_000_000n;

const COMM_BYTES = 15;

const subjects = ["event", "process", "descriptor", "user", "group", "container", "machine", "lost", "format"] as const;

/** True for what a line of events can be: an object that says one of them. */
export function isEventLine(document: unknown): boolean {
  if (!isObject(document)) return false;
  if (document.format === LINES_FORMAT) return true;
  // An audit event or another detector's alert may have one of these keys; none has `args` or nothing else beside it.
  const keys = Object.keys(document);
  if (typeof document.event === "string") return keys.every((key) => eventKeys.has(key));
  const [subject] = keys;
  return (
    keys.length === 1 &&
    subject !== "event" &&
    subjects.some((each) => each === subject) &&
    isObject(document[subject ?? ""])
  );
}

const eventKeys: ReadonlySet<string> = new Set(["event", "args", "pid", "tid", "time", "cpu", "stateOnly"]);

export class EventLines {
  private readonly event = new SyscallEvent();
  private readonly sink: SyscallSink;
  private readonly containers = new Map<string, ContainerFacts>();
  private time = USUAL_START - STEP;
  private pid = 1;
  private number = 0;

  constructor(sink: SyscallSink) {
    this.sink = sink;
  }

  /**
   * Hands one object to the sink.
   *
   * @param place - where it stands, for the error: `events.jsonl:3`
   * @throws Problem `events.broken` that says which key is wrong and what was expected, `events.unsupported` for another version
   */
  read(document: unknown, place: string): void {
    try {
      this.line(document, place);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      throw new Problem({ kind: "input", code: "events.broken", place, cause: error.message }, { cause: error });
    }
  }

  private line(document: unknown, place: string): void {
    if (!isObject(document)) throw new LineError("the line is not an object");
    const subject = subjects.find((each) => Object.hasOwn(document, each));
    if (subject === undefined) throw new LineError(`the line is none of ${subjects.join(", ")}`);
    const whole = new Shape(document, "the line");
    if (subject === "event") this.eventLine(whole);
    else if (subject === "format") format(whole, place);
    else {
      const inner = new Shape(whole.value(subject), subject);
      this[subject](inner);
      inner.done();
    }
    whole.done();
  }

  private eventLine(shape: Shape): void {
    const { event } = this;
    const tid = shape.number("tid");
    const pid = shape.number("pid") ?? tid ?? this.pid;
    const given = shape.value("time");
    const time = given === undefined ? this.time + STEP : timeOf(given, this.time);
    if (time === undefined) throw shape.wrong("time", "a time (2026-01-31T12:00:00Z, +30s)");
    readEventLine(shape, event, pid, tid ?? pid);
    event.cpu = shape.number("cpu") ?? 0;
    event.tid = tid ?? pid;
    event.stateOnly = shape.flag("stateOnly") ?? false;
    event.seconds = Number(time / 1_000_000_000n);
    event.nanoseconds = Number(time % 1_000_000_000n);
    event.number = ++this.number;
    this.time = time;
    this.sink.event(event);
  }

  private machine(shape: Shape): void {
    const texts = shape.texts("addresses") ?? [];
    if (texts.length > bounds.addresses) throw shape.wrong("addresses", `of at most ${bounds.addresses}`);
    const addresses = texts.map((text) => {
      const bytes = addressBytes(text);
      if (bytes === undefined) throw shape.wrong("addresses", "a list of addresses");
      return bytes;
    });
    const facts = { ...optional("hostname", shape.text("hostname")), ...optional("bootTime", shape.big("bootTime")) };
    this.sink.machine({ addresses, ...facts });
  }

  private user(shape: Shape): void {
    const { id, name } = named(shape, "user");
    const more = { ...optional("gid", shape.number("gid")), ...optional("home", shape.text("home")) };
    const user = { id, name, ...more, ...optional("shell", shape.text("shell")) };
    this.sink.user(user, this.containerOf(shape)?.id);
  }

  private group(shape: Shape): void {
    const { id, name } = named(shape, "group");
    this.sink.group({ id, name }, this.containerOf(shape)?.id);
  }

  private container(shape: Shape): void {
    const facts = readContainer(shape.all(), "container");
    if (this.containers.size >= bounds.containers) this.containers.clear();
    this.containers.set(facts.fullId, facts);
    this.sink.container(facts);
  }

  /** The container that something says it is in: one of an earlier line, or else one of docker. */
  private containerOf(shape: Shape): ContainerFacts | undefined {
    const id = shape.text("container");
    if (id === undefined) return undefined;
    const fullId = fullIdOf(id, "docker", "container");
    return this.containers.get(fullId) ?? { id: fullId.slice(0, 12), fullId, runtime: "docker" };
  }

  private process(shape: Shape): void {
    const pid = shape.number("pid");
    if (pid === undefined) throw new LineError("process has no pid");
    const path = shape.text("path") ?? "";
    const container = this.containerOf(shape);
    const cgroups = shape.texts("cgroups") ?? (container === undefined ? undefined : [cgroupOf(container)]);
    const exe = shape.text("exe") ?? path;
    const capabilities = shape.value("capabilities");
    const snapshot: ThreadSnapshot = {
      tid: shape.number("tid") ?? pid,
      pid,
      parent: shape.number("parent") ?? 1,
      comm: shape.text("name") ?? (exe.split("/").at(-1) ?? "").slice(0, COMM_BYTES),
      exe,
      exePath: path,
      args: shape.texts("args") ?? [],
      ...optional("environment", shape.texts("environment")),
      ...optional("cwd", shape.text("cwd")),
      ...optional("root", shape.text("root")),
      ...optional("cgroups", cgroups),
      ...(capabilities === undefined ? {} : { capabilities: capabilitiesOf(capabilities) }),
    };
    const more: Record<string, number | bigint | boolean> = {};
    const put = (name: string, value: number | bigint | boolean | undefined): void => {
      if (value !== undefined) more[name] = value;
    };
    for (const name of threadNumbers) put(name, shape.number(name));
    for (const name of threadBigs) put(name, shape.big(name));
    for (const name of threadFlags) put(name, shape.flag(name));
    this.pid = pid;
    this.sink.thread({ ...snapshot, ...more });
  }

  private descriptor(shape: Shape): void {
    const fd = shape.number("fd");
    if (fd === undefined) throw new LineError("descriptor has no fd");
    const tid = shape.number("tid") ?? shape.number("pid") ?? this.pid;
    const local = endpoint(shape, "local");
    const remote = endpoint(shape, "remote");
    const role = shape.oneOf("role", roles);
    const kind = shape.text("kind");
    const flags = shape.value("openFlags");
    const descriptor: Descriptor = {
      kind: kind === undefined ? usualKind(local ?? remote) : descriptorKind(kind),
      name: shape.text("name") ?? socketName(local, remote, role),
      ...optional("local", local),
      ...optional("remote", remote),
      ...optional("role", role),
      ...optional("protocol", shape.oneOf("protocol", protocols)),
      ...optional("connected", shape.flag("connected")),
      ...optional("openFlags", flags === undefined ? undefined : openFlags(flags)),
      ...optional("mode", shape.number("mode")),
      ...optional("device", shape.number("device")),
      ...optional("inode", shape.big("inode")),
      ...optional("overlay", shape.oneOf("overlay", overlays)),
    };
    this.sink.descriptor(tid, fd, descriptor);
  }

  private lost(shape: Shape): void {
    this.sink.lost(shape.text("reason") ?? "events that were not recorded", shape.number("count") ?? 1);
  }
}

function format(shape: Shape, place: string): void {
  const name = shape.value("format");
  const version = shape.value("version");
  if (name === LINES_FORMAT && version === LINES_VERSION) return;
  throw new Problem({
    kind: "input",
    code: "events.unsupported",
    place,
    cause: `lines of ${String(name).slice(0, 40)} ${String(version).slice(0, 20)} are not known`,
    remedy: `${LINES_FORMAT} ${LINES_VERSION} is read`,
  });
}

export const threadNumbers = [
  "vtid",
  "vpid",
  "pgid",
  "vpgid",
  "sid",
  "uid",
  "gid",
  "loginUid",
  "tty",
  "flags",
] as const;
export const threadBigs = ["exeInode", "exeChanged", "exeModified", "started", "pidNamespaceStarted"] as const;
export const threadFlags = ["exeWritable", "exeUpperLayer", "exeLowerLayer", "exeFromMemfd"] as const;

function named(shape: Shape, what: string): { id: number; name: string } {
  const id = shape.number("id");
  const name = shape.text("name");
  if (id === undefined || name === undefined) throw new LineError(`${what} has no ${id === undefined ? "id" : "name"}`);
  return { id, name };
}

function capabilitiesOf(value: unknown): NonNullable<ThreadSnapshot["capabilities"]> {
  const shape = new Shape(value, "process.capabilities");
  const sets = {
    permitted: shape.big("permitted") ?? 0n,
    effective: shape.big("effective") ?? 0n,
    inheritable: shape.big("inheritable") ?? 0n,
  };
  shape.done();
  return sets;
}

function endpoint(shape: Shape, key: string): Endpoint | undefined {
  const text = shape.text(key);
  if (text === undefined) return undefined;
  const read = endpointOf(text);
  if (read === undefined) throw shape.wrong(key, "an address with a port (10.0.0.1:443, [::1]:443)");
  return read;
}

function usualKind(end: Endpoint | undefined): Descriptor["kind"] {
  if (end === undefined) return "file";
  return end.address.length === 4 ? "ipv4" : "ipv6";
}

function openFlags(value: unknown): number {
  const parameter = { name: "openFlags", type: "flags32", base: "hexadecimal", flags: "file_flags" } as const;
  return Number(parameterValue(parameter, value, "descriptor.openFlags"));
}
