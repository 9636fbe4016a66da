/** Capabilities of Linux (`linux/capability.h`), each at its bit. */
const names =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
    .split(" ")
    .map((name) => `CAP_${name}`);

/** Sets that were asked for: a host has few. */
const remembered = new Map<bigint, string>();
const MOST_REMEMBERED = 1_024;

/** `CAP_CHOWN CAP_KILL`; `""` for none. Bits without a name are left out. */
export function capabilityNames(set: bigint): string {
  let text = remembered.get(set);
  if (text === undefined) {
    text = names.filter((_, bit) => ((set >> BigInt(bit)) & 1n) === 1n).join(" ");
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(set, text);
  }
  return text;
}
