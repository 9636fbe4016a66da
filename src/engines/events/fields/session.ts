/** Fields of sessions and process groups. What leads one can be any process, so that none is of scope `thread`. */
import type { Thread } from "../state/thread.ts";
import { type LeaderId, leaderOf } from "./ancestry.ts";
import { ofEvent, type SyscallField } from "./define.ts";

interface Led {
  readonly id: LeaderId;
  /** `proc.sid.exe`; its name stands apart. */
  readonly prefix: string;
  readonly name: string;
  readonly what: string;
}

const led: readonly Led[] = [
  { id: "sid", prefix: "proc.sid", name: "proc.sname", what: "session" },
  { id: "pgid", prefix: "proc.pgid", name: "proc.pgid.name", what: "process group" },
  { id: "vpgid", prefix: "proc.vpgid", name: "proc.vpgid.name", what: "process group, found in its own namespace" },
];

/** `""` where nothing is known of what leads. */
function ofLeader(
  name: string,
  type: "text" | "path",
  description: string,
  id: LeaderId,
  read: (leader: Thread) => string,
): SyscallField {
  return ofEvent(name, type, description, (event) => {
    if (event.thread === undefined) return undefined;
    const leader = leaderOf(event.thread, event, id);
    return leader === undefined ? "" : read(leader);
  });
}

export const sessionFields: readonly SyscallField[] = [
  ofEvent("proc.sid", "number", "Id of the session", ({ thread }) => thread?.sid),
  ofEvent("proc.pgid", "number", "Id of the process group on the host", ({ thread }) => thread?.pgid),
  ofEvent("proc.vpgid", "number", "Id of the process group in its own namespace", ({ thread }) => thread?.vpgid),
  ...led.flatMap(({ id, prefix, name, what }) => [
    ofLeader(name, "text", `Name of the leader of the ${what}`, id, (leader) => leader.comm),
    ofLeader(`${prefix}.exe`, "path", `argv[0] of the leader of the ${what}`, id, (leader) => leader.exe),
    ofLeader(
      `${prefix}.exepath`,
      "path",
      `File that the leader of the ${what} executes`,
      id,
      (leader) => leader.exePath,
    ),
  ]),
  ofEvent("proc.is_sid_leader", "boolean", "The process leads its session", ({ thread }) =>
    thread === undefined ? undefined : thread.sid === thread.vpid,
  ),
  ofEvent("proc.is_pgid_leader", "boolean", "The process leads its process group", ({ thread }) =>
    thread === undefined ? undefined : thread.pgid === thread.process.pid,
  ),
  ofEvent(
    "proc.is_vpgid_leader",
    "boolean",
    "The process leads its process group, by the ids of its own namespace",
    ({ thread }) => (thread === undefined ? undefined : thread.vpgid === thread.vpid),
  ),
];
