/** Fields of sessions and process groups. What leads one can be any process, so that its name is not of scope `thread`. */
import type { Thread } from "../state/thread.ts";
import { type LeaderId, leaderOf } from "./ancestry.ts";
import { ofEvent, ofThread, type SyscallField } from "./define.ts";

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
  ofThread("proc.sid", "number", "Id of the session", (thread) => thread.sid),
  ofThread("proc.pgid", "number", "Id of the process group on the host", (thread) => thread.pgid),
  ofThread("proc.vpgid", "number", "Id of the process group in its own namespace", (thread) => thread.vpgid),
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
  ofThread("proc.is_sid_leader", "boolean", "The process leads its session", ({ sid, vpid }) => sid === vpid),
  ofThread(
    "proc.is_pgid_leader",
    "boolean",
    "The process leads its process group",
    ({ pgid, process }) => pgid === process.pid,
  ),
  ofThread(
    "proc.is_vpgid_leader",
    "boolean",
    "The process leads its process group, by the ids of its own namespace",
    ({ vpgid, vpid }) => vpgid === vpid,
  ),
];
