import assert from "node:assert/strict";
import { test } from "node:test";
import { CaptureReader } from "../capture/read.ts";
import { captureDescriptors, captureEvent, captureHeader, captureThreads, captureUsers } from "../capture/write.ts";
import { SyscallEvent } from "../event.ts";
import type { ThreadSnapshot } from "../sink.ts";
import { Machine } from "../state/machine.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import { flag } from "../types/flags.ts";
import { shownOf } from "./event.fixture.ts";

function thread(tid: number, parent: number, comm: string, more: Partial<ThreadSnapshot> = {}): ThreadSnapshot {
  return { tid, pid: tid, parent, comm, exe: comm, exePath: `/bin/${comm}`, args: [], sid: tid, cwd: "/", ...more };
}

/** What fields show of each event of a capture that is written, read and followed. */
function shownOfCapture(
  events: readonly (readonly [keyof typeof codes, Readonly<Record<string, ParameterValue>>])[],
  fields: readonly string[],
): string[][] {
  const event = new SyscallEvent();
  const parts = [
    captureHeader({ hostname: "node-1", addresses: [] }),
    captureThreads([
      thread(1, 0, "systemd"),
      thread(50, 1, "sshd", { args: ["-D"] }),
      thread(60, 50, "bash", { args: ["-l"], cwd: "/srv/", uid: 33, tty: 34_816 }),
    ]),
    captureDescriptors(60, [[20, { kind: "directory", name: "/var/lib" }]]),
    captureUsers([{ id: 33, name: "www-data" }], []),
    ...events.map(([name, values], index) => {
      fillEvent(event, codes[name], values);
      return captureEvent(Object.assign(event, { tid: 60, seconds: 1_700_000_000 + index }));
    }),
  ];
  const shown: string[][] = [];
  const machine = new Machine((each) => shown.push(fields.map((field) => shownOf(field, each))));
  const reader = new CaptureReader("made.scap", machine);
  reader.push(Buffer.concat(parts));
  reader.end();
  return shown;
}

const reading = flag("file_flags", "O_RDONLY");

test("fields of a capture are those of its events in the state that it tells", () => {
  const process = ["evt.type", "evt.hostname", "proc.cmdline", "proc.pcmdline", "proc.aname", "user.name", "proc.tty"];
  assert.deepEqual(shownOfCapture([["openat", { fd: 3, dirfd: -100, name: "x", flags: reading }]], process), [
    ["openat", "node-1", "bash -l", "sshd -D", "sshd systemd", "www-data", "34816"],
  ]);
  const tuple = {
    kind: "ipv4",
    source: "\x0a\0\0\x01",
    sourcePort: 4_000,
    destination: "\x0a\0\0\x02",
    destinationPort: 80,
  } as const;
  const descriptor = ["fd.num", "fd.name", "fd.typechar", "fd.sport", "fd.l4proto", "evt.res", "evt.arg.flags"];
  assert.deepEqual(
    shownOfCapture(
      [
        ["openat", { fd: 3, dirfd: 20, name: "./dpkg/../status", flags: reading }],
        ["read", { res: 2, data: "ab", fd: 3, size: 10 }],
        ["chdir", { res: 0, path: "/tmp" }],
        ["open", { fd: -2, name: "gone", flags: reading }],
        ["socket", { fd: 4, domain: 2, type: 1, proto: 0 }],
        ["connect", { res: 0, fd: 4, tuple }],
        ["close", { res: 0, fd: 4 }],
        ["read", { res: -9, fd: 4, size: 10 }],
      ],
      descriptor,
    ),
    [
      ["3", "/var/lib/status", "f", "<NA>", "<NA>", "SUCCESS", "O_RDONLY"],
      ["3", "/var/lib/status", "f", "<NA>", "<NA>", "SUCCESS", "<NA>"],
      ["<NA>", "<NA>", "<NA>", "<NA>", "<NA>", "SUCCESS", "<NA>"],
      ["-1", "/tmp/gone", "o", "<NA>", "<NA>", "ENOENT", "O_RDONLY"],
      ["4", "", "4", "<NA>", "<NA>", "SUCCESS", "<NA>"],
      ["4", "10.0.0.1:4000->10.0.0.2:80", "4", "80", "tcp", "SUCCESS", "<NA>"],
      ["4", "10.0.0.1:4000->10.0.0.2:80", "4", "80", "tcp", "SUCCESS", "<NA>"],
      ["4", "", "o", "<NA>", "<NA>", "EBADF", "<NA>"],
    ],
  );
});
