import type { FileCapabilities } from "./model.ts";

/** By bit (capabilities(7); linux/capability.h). */
const NAMES = [
  ...["chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"],
  ...["linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner"],
  ...["sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice"],
  ...["sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap"],
  ...["mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"],
  "checkpoint_restore",
];

/** Revision → bytes, and how many words each of its two sets has (linux/capability.h, `struct vfs_ns_cap_data`). */
const REVISIONS: ReadonlyMap<number, { readonly bytes: number; readonly words: number }> = new Map([
  [1, { bytes: 12, words: 1 }],
  [2, { bytes: 20, words: 2 }],
  [3, { bytes: 24, words: 2 }],
]);

/** Reads the value of the extended attribute `security.capability`. Never throws. */
export function fileCapabilities(value: Buffer): FileCapabilities {
  if (value.length < 4) return unreadable(`${value.length} bytes`);
  const magic = value.readUInt32LE(0);
  const number = magic >>> 24;
  const revision = REVISIONS.get(number);
  if (revision === undefined) return unreadable(`no revision ${number}`);
  if (value.length !== revision.bytes) return unreadable(`revision ${number} with ${value.length} bytes`);
  const permitted: string[] = [];
  const inheritable: string[] = [];
  for (let word = 0; word < revision.words; word++) {
    permitted.push(...namesIn(value.readUInt32LE(4 + word * 8), word * 32));
    inheritable.push(...namesIn(value.readUInt32LE(8 + word * 8), word * 32));
  }
  return {
    kind: "capabilities",
    permitted,
    inheritable,
    effective: (magic & 1) === 1,
    ...(number === 3 ? { rootId: value.readUInt32LE(20) } : {}),
  };
}

function* namesIn(bits: number, first: number): Generator<string> {
  for (let bit = 0; bit < 32; bit++) {
    if (((bits >>> bit) & 1) === 1) yield `cap_${NAMES[first + bit] ?? first + bit}`;
  }
}

function unreadable(reason: string): FileCapabilities {
  return { kind: "unreadable", reason };
}
