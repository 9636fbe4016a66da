/** What captures of hostile writers fill memory with: bounded, and what was forgotten for it makes the result unknown. */
import assert from "node:assert/strict";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { createGzip } from "node:zlib";
import { captureEvent, captureHeader, captureThreads, captureUsers } from "../../src/engines/events/capture/write.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { fillEvent, type ParameterValue } from "../../src/engines/events/types/encode.ts";
import { bulkhead } from "../bulkhead.ts";

/** Half as much again as it takes; without bounds of what is held each capture takes 700 and more. */
const MOST_MIB = 560;

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-memory-"));
  writeFileSync(
    join(folder, "rules.yaml"),
    `- rule: opened
  desc: d
  condition: evt.type in (open, openat) and not proc.name in (a, b) and not fd.name startswith /x and proc.args contains y and not proc.aname in (c, d)
  output: "%fd.name %proc.cmdline %proc.env %proc.aname[2] %fd.nameraw"
  priority: ERROR
`,
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

const event = new SyscallEvent();

function bytesOf(tid: number, name: keyof typeof codes, values: Readonly<Record<string, ParameterValue>>): Buffer {
  fillEvent(event, codes[name], values);
  event.tid = tid;
  event.seconds = 1_700_000_000;
  event.nanoseconds = 0;
  return captureEvent(event);
}

const long = (start: string | number, length: number): string => `${start}`.padEnd(length, "y");

/** Of each process its start with arguments and environment, and files that it opens: texts that no two share. */
function* processes(): Generator<Buffer> {
  for (let pid = 2; pid < 8_000; pid++) {
    const values = { res: 0, exe: "/bin/x", args: [long(pid, 30_000)], tid: pid, pid, ptid: 1, comm: "x" };
    yield bytesOf(pid, "execve", {
      ...values,
      env: [long(`A=${pid}`, 30_000)],
      cgroups: [long(`cpuset=/${pid}`, 3_000)],
    });
    for (let fd = 3; fd < 6; fd++) {
      yield bytesOf(pid, "openat", { fd, dirfd: -100, name: long(`/x/${pid}/${fd}/`, 4_000), flags: 1 });
    }
  }
}

/** Threads and users that were there before the first event. */
function* snapshots(): Generator<Buffer> {
  for (let tid = 2; tid < 8_000; tid++) {
    const args = [long(tid, 30_000)];
    const thread = {
      tid,
      pid: tid,
      parent: 1,
      comm: "x",
      exe: "x",
      exePath: "/x",
      args,
      environment: [long(`A=${tid}`, 20_000)],
    };
    yield captureThreads([{ ...thread, cgroups: [long(`cpuset=/${tid}`, 4_000)], cwd: long(`/${tid}`, 8_000) }]);
    yield captureUsers([{ id: tid, name: long(tid, 20_000), home: "/", shell: "/" }], []);
  }
  yield bytesOf(2, "openat", { fd: 3, dirfd: -100, name: "/x", flags: 1 });
}

/** Each event is an alert of its own, with texts as long as they can be. */
function* alerts(): Generator<Buffer> {
  for (let at = 0; at < 8_000; at++) {
    yield bytesOf(2, "openat", { fd: 3, dirfd: -100, name: long(`/${at}/`, 8_000), flags: 1 });
    if (at === 0) {
      const values = { res: 0, exe: "/bin/x", args: [long("y", 4_000)], tid: 2, pid: 2, ptid: 1, comm: "x" };
      yield bytesOf(2, "execve", { ...values, env: [long("A=", 4_000)] });
    }
  }
}

const captures = { processes, snapshots, alerts };

suite("peak memory of a replay stays within its bound", { concurrency: false }, () => {
  for (const [what, blocks] of Object.entries(captures)) {
    test(what, async () => {
      const code = what === "alerts" ? 1 : 3;
      const path = join(folder, `${what}.scap.gz`);
      const gzip = createGzip({ level: 1 });
      const file = gzip.pipe(createWriteStream(path));
      gzip.write(captureHeader({ hostname: "node-1", addresses: [] }));
      for (const block of blocks()) {
        if (!gzip.write(block)) await new Promise<void>((done) => gzip.once("drain", () => done()));
      }
      gzip.end();
      await new Promise<void>((done) => file.once("close", () => done()));
      const ended = await bulkhead(
        ["runtime", "replay", path, "--rules", join(folder, "rules.yaml"), "--format", "plain"],
        {
          cwd: folder,
          home: join(folder, "home"),
        },
      );
      assert.ok(ended.peak < MOST_MIB, `${ended.peak} MiB`);
      assert.equal(ended.code, code, ended.stdout);
      if (code === 3) assert.match(ended.stdout, /events\.evicted: \d+ \w+ forgotten over their limit/);
    });
  }
});
