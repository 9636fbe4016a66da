/** Events, threads and descriptors made by hand, and what a field says of them. */
import assert from "node:assert/strict";
import { bounds } from "../bounds.ts";
import { SyscallEvent } from "../event.ts";
import { Descriptors, newBudget } from "../state/descriptors.ts";
import type { Host } from "../state/host.ts";
import { type Descriptor, Process, Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import type { GroupFacts, UserFacts } from "../users.ts";
import type { Value } from "./field.ts";
import { shownValue } from "./shown.ts";
import { syscallFields } from "./syscall.ts";

/** A process of one thread, below another where one is given. */
export function processOf(pid: number, facts: Partial<Omit<Thread, "parent">> = {}, parent?: Thread): Thread {
  const descriptors = new Descriptors(newBudget(bounds.descriptorsOfOne));
  const thread = new Thread(pid, new Process(pid, descriptors));
  Object.assign(thread, { vtid: pid, vpid: pid, pgid: pid, vpgid: pid, sid: pid }, facts);
  thread.setParent(parent);
  return thread;
}

/** A thread beside the main one. */
export function threadOf(tid: number, leader: Thread, facts: Partial<Omit<Thread, "parent">> = {}): Thread {
  const thread = new Thread(tid, leader.process);
  thread.leader = leader;
  Object.assign(thread, { vtid: tid, vpid: leader.vpid }, facts);
  leader.process.others = new Set([...(leader.process.others ?? []), thread]);
  return thread;
}

export interface HostFacts {
  readonly hostname?: string;
  readonly firstTime?: bigint;
  readonly users?: readonly UserFacts[];
  readonly groups?: readonly GroupFacts[];
  readonly threads?: readonly Thread[];
  /** Users of a container, by its id. */
  readonly usersOf?: Readonly<Record<string, readonly UserFacts[]>>;
}

export function hostOf(facts: HostFacts): Host {
  return {
    hostname: facts.hostname,
    firstTime: facts.firstTime ?? 0n,
    userOf: (id, container) =>
      (container === undefined ? facts.users : facts.usersOf?.[container])?.find((user) => user.id === id),
    groupOf: (id) => facts.groups?.find((group) => group.id === id),
    threadOf: (tid) => facts.threads?.find((thread) => thread.tid === tid),
  };
}

type Around = Partial<Omit<SyscallEvent, "code" | "bytes" | "parameters" | "starts" | "lengths">>;

let stamps = 0;

export function eventOf(
  name: keyof typeof codes,
  values: Readonly<Record<string, ParameterValue>> = {},
  around: Around = {},
): SyscallEvent {
  const event = new SyscallEvent();
  fillEvent(event, codes[name], values);
  return Object.assign(event, { stamp: ++stamps, tid: around.thread?.tid ?? 0 }, around);
}

/** A field that is there, as its text names it. @throws where there is none */
function found(text: string): Exclude<ReturnType<typeof syscallFields.find>, { problem: string }> {
  const named = syscallFields.find(text);
  assert.ok(!("problem" in named), "problem" in named ? named.problem : "");
  return named;
}

export function fieldValue(text: string, event: SyscallEvent): Value | undefined {
  const { field, argument } = found(text);
  return field.bind(argument)(event);
}

export function shownOf(text: string, event: SyscallEvent): string {
  const { field, argument } = found(text);
  const value = field.bind(argument)(event);
  return value === undefined ? "<NA>" : shownValue(field, value);
}

/** @param expected - by the field's text; undefined: absent */
export function assertFields(event: SyscallEvent, expected: Readonly<Record<string, Value | undefined>>): void {
  for (const [text, value] of Object.entries(expected)) assert.deepEqual(fieldValue(text, event), value, text);
}

/** Opens a number on something. */
export function open(thread: Thread, fd: number, descriptor: Descriptor): Descriptor {
  thread.process.descriptors.set(fd, descriptor, false);
  return descriptor;
}
