/** A sink that keeps what it is given, as plain values. */
import type { ContainerFacts } from "./containers/model.ts";
import type { SyscallEvent } from "./event.ts";
import type { GroupFacts, MachineFacts, SyscallSink, ThreadSnapshot, UserFacts } from "./sink.ts";
import type { Descriptor } from "./state/thread.ts";
import { bytesAt } from "./types/parameters.ts";
import { eventTypes } from "./types/table.ts";

export interface RecordedEvent {
  readonly number: number;
  readonly name: string;
  readonly code: number;
  readonly cpu: number;
  readonly tid: number;
  readonly time: bigint;
  readonly stateOnly: boolean;
  /** By name, as byte strings; an absent parameter is undefined. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

export interface Recording extends SyscallSink {
  readonly machines: MachineFacts[];
  readonly users: (UserFacts & { readonly container?: string })[];
  readonly groups: (GroupFacts & { readonly container?: string })[];
  readonly threads: ThreadSnapshot[];
  readonly descriptors: { readonly tid: number; readonly fd: number; readonly descriptor: Descriptor }[];
  readonly containers: ContainerFacts[];
  readonly events: RecordedEvent[];
  readonly losses: Record<string, number>;
}

export function recordedEvent(event: SyscallEvent): RecordedEvent {
  const type = eventTypes[event.code];
  const parameters = (type?.parameters ?? []).map(({ name }, index) => {
    const length = index < event.parameters ? (event.lengths[index] as number) : -1;
    return [name, length <= 0 ? undefined : bytesAt(event, index)] as const;
  });
  return {
    number: event.number,
    name: type?.name ?? "",
    code: event.code,
    cpu: event.cpu,
    tid: event.tid,
    time: BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds),
    stateOnly: event.stateOnly,
    parameters: Object.fromEntries(parameters),
  };
}

export function recording(): Recording {
  const all: Recording = {
    machines: [],
    users: [],
    groups: [],
    threads: [],
    descriptors: [],
    containers: [],
    events: [],
    losses: {},
    machine: (facts) => void all.machines.push(facts),
    user: (user, container) => void all.users.push(container === undefined ? user : { ...user, container }),
    group: (group, container) => void all.groups.push(container === undefined ? group : { ...group, container }),
    thread: (snapshot) => void all.threads.push(snapshot),
    descriptor: (tid, fd, descriptor) => void all.descriptors.push({ tid, fd, descriptor }),
    container: (facts) => void all.containers.push(facts),
    event: (event) => void all.events.push(recordedEvent(event)),
    lost: (reason, count) => {
      all.losses[reason] = (all.losses[reason] ?? 0) + count;
    },
  };
  return all;
}
