/** An alert for tests, with what a test cares about changed. */
import type { Alert } from "../model.ts";

/** 2026-03-01T14:03:22Z. */
export const AT = 1_772_373_802_000_000_000n;

export function madeAlert(changes: Partial<Alert> = {}): Alert {
  return {
    rule: "Terminal shell in container",
    detector: "bulkhead",
    priority: "NOTICE",
    severity: "low",
    source: "syscall",
    tags: ["container", "T1059.004"],
    output: "A shell was spawned in a container | process=sh",
    fields: { "proc.name": "sh", "fd.name": null },
    count: 1,
    first: AT,
    last: AT,
    about: { host: "node-1", container: { id: "c".repeat(64), name: "api" } },
    subject: "sh -i",
    process: {
      pid: 42,
      name: "sh",
      path: "/bin/sh",
      commandLine: "sh -i",
      uid: 0,
      ancestors: ["node", "containerd-shim"],
    },
    ...changes,
  };
}
