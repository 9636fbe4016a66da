/** Records of the sensor that are not events: fields of a number, a length and a value each, in any order. */

import { latin1 } from "../../../core/latin1.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { bounds } from "../bounds.ts";
import { readContainer } from "../lines/container.ts";
import type { SyscallSink, ThreadSnapshot } from "../sink.ts";
import type { Descriptor, Endpoint } from "../state/thread.ts";
import { descriptorKind, overlays, protocols, roles, socketName } from "../types/descriptors.ts";
import { splitTexts } from "../types/texts.ts";
import { exeFlags, fields, kinds, SYSCALL_BYTES } from "./format.ts";
import type { SensorNotices } from "./notices.ts";

type Values = ReadonlyMap<number, readonly string[]>;

/** Fields of one record, each a byte string; undefined where they do not fit in it. */
function fieldsOf(bytes: Buffer, from: number, end: number): Values | undefined {
  const values = new Map<number, string[]>();
  let at = from;
  while (end - at >= 4) {
    const field = bytes.readUInt16LE(at);
    // What fills a record up to a multiple of eight.
    if (field === 0) break;
    const length = bytes.readUInt16LE(at + 2);
    if (length > end - at - 4) return undefined;
    const value = latin1(bytes, at + 4, at + 4 + length);
    const known = values.get(field);
    if (known === undefined) values.set(field, [value]);
    else known.push(value);
    at += 4 + length;
  }
  return values;
}

/**
 * Hands a record to the sink; kinds of a later version are passed over.
 *
 * @returns false where it is broken
 */
export function readFacts(
  kind: number,
  bytes: Buffer,
  from: number,
  end: number,
  sink: SyscallSink,
  notices: SensorNotices,
): boolean {
  const read = readers.get(kind);
  if (read === undefined) return true;
  const values = fieldsOf(bytes, from, end);
  return values !== undefined && read(values, sink, notices);
}

function text(values: Values, field: number): string | undefined {
  return values.get(field)?.[0];
}

/** An unsigned number of 1 to 8 bytes. */
function big(values: Values, field: number): bigint | undefined {
  const value = text(values, field);
  if (value === undefined || value.length === 0 || value.length > 8) return undefined;
  let number = 0n;
  for (let index = value.length - 1; index >= 0; index--) number = (number << 8n) | BigInt(value.charCodeAt(index));
  return number;
}

function number(values: Values, field: number): number | undefined {
  const value = big(values, field);
  return value === undefined ? undefined : Number(value);
}

/** A property of its own where there is a value. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

type Reader = (values: Values, sink: SyscallSink, notices: SensorNotices) => boolean;

const readers = new Map<number, Reader>([
  [kinds.machine, machine],
  [kinds.user, user],
  [kinds.group, group],
  [kinds.thread, thread],
  [kinds.descriptor, descriptor],
  [kinds.container, container],
  [kinds.lost, lost],
  [
    kinds.metric,
    (values, _, notices) => {
      const [name, value] = [text(values, fields.metric.name), big(values, fields.metric.value)];
      if (name === undefined || value === undefined) return false;
      notices.metric?.(name, value);
      return true;
    },
  ],
  [
    kinds.missing,
    (values, _, notices) => {
      const what = text(values, fields.missing.what);
      if (what === undefined) return false;
      notices.missing?.(what, text(values, fields.missing.why) ?? "");
      return true;
    },
  ],
  [
    kinds.answer,
    (values, _, notices) => {
      const command = number(values, fields.answer.command);
      if (command === undefined) return false;
      notices.answer?.(command, number(values, fields.answer.done) === 1, text(values, fields.answer.why) ?? "");
      return true;
    },
  ],
  [kinds.used, used],
]);

function machine(values: Values, sink: SyscallSink): boolean {
  const at = fields.machine;
  const addresses = values.get(at.address) ?? [];
  if (addresses.length > bounds.addresses) return false;
  if (addresses.some(({ length }) => length !== 4 && length !== 16)) return false;
  sink.machine({
    addresses,
    ...optional("hostname", text(values, at.hostname)),
    ...optional("bootTime", big(values, at.bootTime)),
  });
  return true;
}

function user(values: Values, sink: SyscallSink): boolean {
  const at = fields.user;
  const [id, name] = [number(values, at.id), text(values, at.name)];
  if (id === undefined || name === undefined) return false;
  const gid = optional("gid", number(values, at.gid));
  const home = optional("home", text(values, at.home));
  sink.user({ id, name, ...gid, ...home, ...optional("shell", text(values, at.shell)) }, text(values, at.container));
  return true;
}

function group(values: Values, sink: SyscallSink): boolean {
  const at = fields.group;
  const [id, name] = [number(values, at.id), text(values, at.name)];
  if (id === undefined || name === undefined) return false;
  sink.group({ id, name }, text(values, at.container));
  return true;
}

function texts(values: Values, field: number): string[] | undefined {
  const all = text(values, field);
  return all === undefined ? undefined : splitTexts(all);
}

function thread(values: Values, sink: SyscallSink): boolean {
  const at = fields.thread;
  const tid = number(values, at.tid);
  if (tid === undefined) return false;
  const flags = number(values, at.exeFlags) ?? 0;
  const permitted = big(values, at.permitted);
  const snapshot: ThreadSnapshot = {
    tid,
    pid: number(values, at.pid) ?? tid,
    parent: number(values, at.parent) ?? 0,
    comm: text(values, at.comm) ?? "",
    exe: text(values, at.exe) ?? "",
    exePath: text(values, at.exePath) ?? "",
    args: texts(values, at.args) ?? [],
    exeWritable: (flags & exeFlags.writable) !== 0,
    exeUpperLayer: (flags & exeFlags.upperLayer) !== 0,
    exeLowerLayer: (flags & exeFlags.lowerLayer) !== 0,
    exeFromMemfd: (flags & exeFlags.memfd) !== 0,
    ...(permitted === undefined
      ? {}
      : {
          capabilities: {
            permitted,
            effective: big(values, at.effective) ?? 0n,
            inheritable: big(values, at.inheritable) ?? 0n,
          },
        }),
    ...optional("environment", texts(values, at.environment)),
    ...optional("cgroups", texts(values, at.cgroups)),
  };
  const more: Record<string, string | number | bigint> = {};
  for (const name of ["cwd", "root"] as const) put(more, name, text(values, at[name]));
  for (const name of numbersOfThread) put(more, name, number(values, at[name]));
  for (const name of bigsOfThread) put(more, name, big(values, at[name]));
  sink.thread({ ...snapshot, ...more });
  return true;
}

const numbersOfThread = ["vtid", "vpid", "pgid", "vpgid", "sid", "uid", "gid", "loginUid", "tty", "flags"] as const;
const bigsOfThread = ["exeInode", "exeChanged", "exeModified", "started", "pidNamespaceStarted"] as const;

function put<Value>(into: Record<string, Value>, name: string, value: Value | undefined): void {
  if (value !== undefined) into[name] = value;
}

function endpoint(values: Values, address: number, port: number): Endpoint | undefined {
  const bytes = text(values, address);
  if (bytes === undefined || (bytes.length !== 4 && bytes.length !== 16)) return undefined;
  return { address: bytes, port: number(values, port) ?? 0 };
}

function descriptor(values: Values, sink: SyscallSink): boolean {
  const at = fields.descriptor;
  const [tid, fd, kind] = [number(values, at.tid), number(values, at.fd), text(values, at.kind)];
  if (tid === undefined || fd === undefined || kind === undefined) return false;
  const local = endpoint(values, at.local, at.localPort);
  const remote = endpoint(values, at.remote, at.remotePort);
  const protocol = oneOf(protocols, text(values, at.protocol));
  const role = oneOf(roles, text(values, at.role));
  const overlay = oneOf(overlays, text(values, at.overlay));
  const read: Descriptor = {
    kind: descriptorKind(kind),
    name: text(values, at.name) ?? socketName(local, remote, role),
    ...optional("local", local),
    ...optional("remote", remote),
    ...optional("protocol", protocol),
    ...optional("role", role),
    ...(number(values, at.connected) === 1 ? { connected: true } : {}),
    ...optional("openFlags", number(values, at.openFlags)),
    ...optional("mode", number(values, at.mode)),
    ...optional("device", number(values, at.device)),
    ...optional("inode", big(values, at.inode)),
    ...optional("overlay", overlay),
  };
  sink.descriptor(tid, fd, read);
  return true;
}

function oneOf<Word extends string>(words: readonly Word[], word: string | undefined): Word | undefined {
  return words.find((each) => each === word);
}

function container(values: Values, sink: SyscallSink): boolean {
  const json = text(values, fields.container.json);
  if (json === undefined) return false;
  try {
    sink.container(readContainer(parseJson(Buffer.from(json, "latin1").toString("utf8")), ""));
    return true;
  } catch {
    return false;
  }
}

function lost(values: Values, sink: SyscallSink): boolean {
  const count = number(values, fields.lost.count);
  if (count === undefined) return false;
  sink.lost(text(values, fields.lost.reason) ?? "events that the sensor lost", count);
  return true;
}

function used(values: Values, _: SyscallSink, notices: SensorNotices): boolean {
  const at = fields.used;
  const [cgroup, id, since] = [text(values, at.cgroup), big(values, at.id), big(values, at.since)];
  const bits = text(values, at.syscalls);
  if (cgroup === undefined || id === undefined || since === undefined || bits?.length !== SYSCALL_BYTES) return false;
  const syscalls: number[] = [];
  for (let call = 0; call < SYSCALL_BYTES * 8; call++) {
    if (((bits.charCodeAt(call >> 3) >> (call & 7)) & 1) === 1) syscalls.push(call);
  }
  notices.used?.({
    cgroup,
    id,
    since,
    whole: number(values, at.whole) === 1,
    syscalls,
    capabilities: big(values, at.capabilities) ?? 0n,
    refused: big(values, at.refused) ?? 0n,
  });
  return true;
}
