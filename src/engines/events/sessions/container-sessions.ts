/**
 * Sessions in containers: which process entered a container from outside, and which others came of it. A process belongs to
 * the session of the one that made it, also once that one is gone and it was given to another parent.
 */
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import type { ContainerSession } from "../model.ts";
import type { Process, Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";

export interface ContainerSessions {
  /** To be told of each event, in order, after the state has seen it. */
  event(event: SyscallEvent): void;
  /** The session of what a thread does now; undefined on the host. */
  of(thread: Thread): ContainerSession | undefined;
}

export function createContainerSessions(): ContainerSessions {
  const sessions = new WeakMap<Process, ContainerSession>();

  function of(thread: Thread): ContainerSession | undefined {
    const container = containerOf(thread);
    if (container === undefined) return undefined;
    let entry = thread.leader;
    for (;;) {
      const known = sessions.get(entry.process);
      if (known !== undefined) return known;
      const above = entry.parent;
      if (above === undefined || containerOf(above)?.id !== container.id) break;
      entry = above.leader;
    }
    if (!entry.known) return undefined;
    // It was there before the first event, or nothing that it executed was seen.
    const session = sessionOf(entry, container, entry.started > 0n ? entry.started : undefined);
    sessions.set(entry.process, session);
    return session;
  }

  function onExec(event: SyscallEvent, thread: Thread, container: ContainerFacts): void {
    const { leader } = thread;
    const above = leader.parent;
    if (above !== undefined && containerOf(above)?.id === container.id) {
      inherit(leader, above);
      return;
    }
    // It entered once: what it executes after that is still the same session.
    if (sessions.has(leader.process)) return;
    // A runtime's own process, which is about to become the program.
    if (leader.args.length === 1 && leader.args[0] === "init" && /(?:^|\/)(?:runc|exe)$/.test(leader.exe)) return;
    const started = BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds);
    sessions.set(leader.process, sessionOf(leader, container, started));
  }

  function inherit(leader: Thread, above: Thread): void {
    if (sessions.has(leader.process)) return;
    const session = of(above);
    if (session !== undefined) sessions.set(leader.process, session);
  }

  return {
    of,
    event(event) {
      const { code, thread } = event;
      if (!relevant.has(code) || thread === undefined || event.result !== 0) return;
      const container = containerOf(thread);
      if (container === undefined) return;
      if (code === codes.execve || code === codes.execveat) onExec(event, thread, container);
      else {
        // In the new process: the old one may be gone before it executes anything.
        const above = thread.leader.parent;
        if (above !== undefined && containerOf(above)?.id === container.id) inherit(thread.leader, above);
      }
    },
  };
}

const relevant: ReadonlySet<number> = new Set([
  codes.execve,
  codes.execveat,
  codes.clone,
  codes.clone3,
  codes.fork,
  codes.vfork,
]);

function containerOf({ container }: Thread): ContainerFacts | undefined {
  return container === "host" ? undefined : container;
}

/** Bytes of arguments that are kept: sources record no more of them whole, and who joins them asks for no more. */
const mostArguments = 4_096;

function commandOf({ exe, args }: Thread): readonly string[] {
  const command: string[] = [];
  let left = mostArguments;
  for (const text of [exe, ...args]) {
    if (left <= 0) break;
    // A copy: a part of a text keeps all of it in memory.
    command.push(Buffer.from(text.slice(0, left), "latin1").toString("latin1"));
    left -= text.length + 1;
  }
  return command;
}

function sessionOf(entry: Thread, container: ContainerFacts, started: bigint | undefined): ContainerSession {
  const { podUid } = container;
  return {
    pid: entry.process.pid,
    isMain: entry.vpid === 1,
    command: commandOf(entry),
    ...(started === undefined ? {} : { started }),
    ...(podUid === undefined ? {} : { podUid }),
  };
}
