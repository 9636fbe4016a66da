/** Fields of the thread that did it. */
import { capabilityNames } from "./capabilities.ts";
import { ofThread, type SyscallField, untold } from "./define.ts";

const cgroup: SyscallField = {
  name: "thread.cgroup.",
  source: "syscall",
  type: "path",
  argument: { presence: "required", kind: "key" },
  scope: "event",
  description: "Its cgroup of one controller: `thread.cgroup.memory`",
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

const sizes = [
  ["thread.pfmajor", "Major page faults since it started"],
  ["thread.pfminor", "Minor page faults since it started"],
  ["thread.vmsize", "Virtual memory of its process in KiB"],
  ["thread.vmrss", "Resident memory of its process in KiB"],
  ["thread.vmsize.b", "Virtual memory of its process in bytes"],
  ["thread.vmrss.b", "Resident memory of its process in bytes"],
] as const;

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
  ofThread("thread.ismain", "boolean", "It is the main thread of its process", (thread) => thread.leader === thread),
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
  ofThread("thread.cgroups", "text", "All its cgroups in one text: `cpu=/a memory=/b`", ({ cgroups }) =>
    cgroups.length === 0 ? undefined : cgroups.join(" "),
  ),
  cgroup,
  ...times.map(([name, description]) => untold(name, "big", description)),
  ...shares.map(([name, description]) => untold(name, "fraction", description)),
  ...sizes.map(([name, description]) => untold(name, "number", description)),
];
