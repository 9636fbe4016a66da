/** `bulkhead runtime replay` of each form in which events of system calls are recorded. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  captureDescriptors,
  captureEvent,
  captureHeader,
  captureThreads,
} from "../src/engines/events/capture/write.ts";
import { FrameWriter } from "../src/engines/events/frames/write.ts";
import { EventLines } from "../src/engines/events/lines/read.ts";
import type { SyscallSink } from "../src/engines/events/sink.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "runtime-events-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const lines = [
  { format: "bulkhead-events", version: 1 },
  { machine: { hostname: "node-1", addresses: ["10.0.0.5"] } },
  { process: { pid: 50, path: "/bin/ba\u0007sh", uid: 0, args: ["-c", "cat"] } },
  { descriptor: { pid: 50, fd: 0, name: "/dev/null" } },
  { event: "openat", pid: 50, args: { name: "/etc/shadow", flags: "O_RDONLY" } },
  { event: "close", pid: 50, time: "+1s", args: { fd: 3 } },
];

const rules = `
- rule: Shadow is read
  desc: shows that paths, flags and processes are known
  condition: evt.type=openat and fd.name=/etc/shadow and evt.is_open_read=true
  output: read %fd.name with %evt.arg.flags by %proc.exepath
  priority: CRITICAL
`;

/** The lines as another form has them. */
function through(sink: SyscallSink): void {
  const reader = new EventLines(sink);
  for (const [index, line] of lines.entries()) reader.read(line, `line ${index + 1}`);
}

function captured(): Buffer {
  const parts: Buffer[] = [];
  const nothing = (): void => undefined;
  through({
    machine: (facts) => parts.push(captureHeader(facts)),
    thread: (snapshot) => parts.push(captureThreads([snapshot])),
    descriptor: (tid, fd, descriptor) => parts.push(captureDescriptors(tid, [[fd, descriptor]])),
    event: (event) => parts.push(captureEvent(event)),
    user: nothing,
    group: nothing,
    container: nothing,
    lost: nothing,
  });
  return Buffer.concat(parts);
}

function framed(): Buffer {
  const parts: Buffer[] = [];
  const writer = new FrameWriter((bytes) => parts.push(bytes), "x86_64");
  through(writer);
  writer.end();
  return Buffer.concat(parts);
}

function replay(name: string, content: string | Buffer) {
  writeFileSync(join(folder, "rules.yaml"), rules);
  writeFileSync(join(folder, name), content);
  return inProcess(["runtime", "replay", name, "--rules", "rules.yaml"], { cwd: folder, home: join(folder, "home") });
}

test("captures, frames and lines of the same events give the same alert, gzipped or not", async () => {
  const written = {
    "events.jsonl": lines.map((line) => JSON.stringify(line)).join("\n"),
    "events.scap": captured(),
    "events.frames": framed(),
  };
  for (const [name, content] of Object.entries(written)) {
    for (const [file, bytes] of [
      [name, content],
      [`${name}.gz`, gzipSync(content)],
    ] as const) {
      const { stdout, code } = await replay(file, bytes);
      // What the attacker named its program is not let out as it is.
      assert.match(stdout, /read \/etc\/shadow with O_RDONLY by \/bin\/ba\\u0007sh/, file);
      assert.match(stdout, /node-1/, file);
      assert.equal(code, 1, file);
    }
  }
});

test("what is cut is an answer that is not complete, and what stood before is told", async () => {
  const whole = { "cut.scap": captured().subarray(0, -5), "cut.frames": framed().subarray(0, -8) };
  for (const [name, bytes] of Object.entries(whole)) {
    const { stdout, stderr } = await replay(name, bytes);
    assert.match(`${stdout}${stderr}`, /read \/etc\/shadow/, name);
    assert.match(`${stdout}${stderr}`, /the capture is cut|ended before its sensor did/, name);
  }
});

test("a line with a slip names its place and what was meant", async () => {
  const { stdout, stderr, code } = await replay("slip.jsonl", '{"event":"opanat","args":{}}\n');
  assert.match(`${stdout}${stderr}`, /slip\.jsonl.*1.*no event is named opanat, did you mean openat\?/s);
  assert.notEqual(code, 0);
});
