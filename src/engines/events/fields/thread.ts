/** Fields of the thread that did it. */
import type { Thread } from "../state/thread.ts";
import { capabilityNames } from "./capabilities.ts";
import { ofEvent, ofThread, type SyscallField, untold } from "./define.ts";

const cgroup: SyscallField = {
  name: "thread.cgroup.",
  source: "syscall",
  type: "path",
  argument: { presence: "required", kind: "key" },
  scope: "event",
  description: "The cgroup of one controller: `thread.cgroup.memory`",
  bind(argument) {
    const start = `${argument}=`;
    return ({ thread }) => thread?.cgroups.find((each) => each.startsWith(start))?.slice(start.length);
  },
};

const times = [
  ["thread.exectime", "Processor time of its last turn, in nanoseconds"],
  ["thread.totexectime", "Processor time since the first event, in nanoseconds"],
] as const;

const shares = [
  ["thread.cpu", "Processor time in the last second"],
  ["thread.cpu.user", "Processor time in the last second outside of the kernel"],
  ["thread.cpu.system", "Processor time in the last second in the kernel"],
] as const;

/** Of the process, and so of its main thread: 0 for the others. */
const sizes: readonly [string, string, (thread: Thread) => number][] = [
  ["thread.vmsize", "Virtual memory in KiB", (thread) => thread.vmSize],
  ["thread.vmrss", "Resident memory in KiB", (thread) => thread.vmResident],
  ["thread.vmsize.b", "Virtual memory in bytes", (thread) => thread.vmSize * 1_024],
  ["thread.vmrss.b", "Resident memory in bytes", (thread) => thread.vmResident * 1_024],
];

export const threadFields: readonly SyscallField[] = [
  {
    name: "thread.tid",
    source: "syscall",
    type: "number",
    scope: "event",
    description: "Id of the thread",
    bind: () => (event) => event.tid,
  },
  ofThread("thread.vtid", "number", "Id of the thread in its own namespace", (thread) => thread.vtid),
  ofThread(
    "thread.ismain",
    "boolean",
    "The thread is the main one of its process",
    (thread) => thread.leader === thread,
  ),
  ofThread("thread.nametid", "text", "Name and id in one text", (thread) => `${thread.comm}${thread.tid}`),
  ofThread("thread.cap_permitted", "text", "Permitted capabilities: `CAP_CHOWN CAP_KILL`", ({ capabilities }) =>
    capabilityNames(capabilities.permitted),
  ),
  ofThread("thread.cap_inheritable", "text", "Inheritable capabilities", ({ capabilities }) =>
    capabilityNames(capabilities.inheritable),
  ),
  ofThread("thread.cap_effective", "text", "Effective capabilities", ({ capabilities }) =>
    capabilityNames(capabilities.effective),
  ),
  ofThread("thread.cgroups", "text", "All cgroups of the thread in one text: `cpu=/a memory=/b`", ({ cgroups }) =>
    cgroups.length === 0 ? undefined : cgroups.join(" "),
  ),
  cgroup,
  ...times.map(([name, description]) => untold(name, "big", description)),
  ...shares.map(([name, description]) => untold(name, "fraction", description)),
  ofEvent(
    "thread.pfmajor",
    "number",
    "Major page faults since it started",
    ({ thread }) => thread?.majorFaults || undefined,
  ),
  ofEvent(
    "thread.pfminor",
    "number",
    "Minor page faults since it started",
    ({ thread }) => thread?.minorFaults || undefined,
  ),
  ...sizes.map(([name, description, read]) =>
    ofEvent(name, "number", `${description}, of the main thread; 0 of others`, ({ thread }) => {
      if (thread === undefined) return undefined;
      return thread.leader === thread ? read(thread) || undefined : 0;
    }),
  ),
];
