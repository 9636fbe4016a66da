import assert from "node:assert/strict";
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";
import { unmoved } from "../environment.ts";
import { buildSensor, type ReadFrames, readFrames, withoutCompiler } from "./convert.ts";

const run = promisify(execFile);

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/** What a stream has written so far, and whoever waits for a part of it. */
class Reading {
  private bytes = Buffer.alloc(0);
  private readonly waiting: { readonly what: Buffer; readonly then: () => void }[] = [];
  readonly ended: Promise<void>;

  constructor(from: Readable) {
    from.on("data", (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      for (const { what, then } of this.waiting) if (this.bytes.includes(what)) then();
    });
    this.ended = new Promise((resolve) => from.on("close", () => resolve()));
  }

  get all(): Buffer {
    return this.bytes;
  }

  /** When it has written this. */
  async has(what: string): Promise<void> {
    const bytes = Buffer.from(what, "latin1");
    if (this.bytes.includes(bytes)) return;
    const found = new Promise<void>((then) => this.waiting.push({ what: bytes, then }));
    await Promise.race([found, this.ended]);
    if (!this.bytes.includes(bytes)) throw new Error(`it ended before it wrote ${JSON.stringify(what)}`);
  }
}

suite("the sensor without BPF", { skip: withoutCompiler }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-sensor-"));
  let sensor = "";
  let fails: string | undefined;
  before(async () => {
    sensor = await buildSensor(folder);
    const one = start();
    let told = "";
    one.program.stderr.on("data", (chunk) => {
      told += chunk;
    });
    one.program.stdin.end("1 end\n");
    if ((await one.code) === 3) fails = told;
  });
  after(() => rmSync(folder, { recursive: true }));

  function start(...words: string[]): {
    readonly program: Program;
    readonly output: Reading;
    readonly code: Promise<number | null>;
  } {
    const program = spawn(sensor, words, { env: unmoved, stdio: ["pipe", "pipe", "pipe"] });
    program.stdin.on("error", () => undefined);
    return {
      program,
      output: new Reading(program.stdout),
      code: new Promise((resolve) => program.on("close", (code) => resolve(code))),
    };
  }

  async function ended({ output, code }: ReturnType<typeof start>, expected: number): Promise<ReadFrames> {
    assert.equal(await code, expected);
    return readFrames(output.all);
  }

  test("says what is wrong with its options, and who it is", async () => {
    for (const words of [["--ring", "3"], ["--nothing"], ["--own", "0"], ["word"]]) {
      const { code } = await run(sensor, words, { env: unmoved }).catch((error) => error);
      assert.equal(code, 64, words.join(" "));
    }
    assert.match((await run(sensor, ["--help"], { env: unmoved })).stdout, /^usage: bulkhead-sensor/);
    assert.match((await run(sensor, ["--version"], { env: unmoved })).stdout, /^bulkhead-sensor \d/);
  });

  test("tells the host, its users and processes, what is missing, and answers commands", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    const one = start("--metrics", "0");
    await one.output.has("writes to files alone");
    one.program.stdin.write(`1 metrics\n2 hooks openat\n3 used\n4 kill ${process.pid} 1 9\n5 kill 1 1 9\n`);
    one.program.stdin.write(
      `6 kill ${process.pid} before:1 9\n7 nothing\n8\nx metrics\n9 thread 4000000\n${"x".repeat(70_000)}\n`,
    );
    await one.output.has("64 KiB");
    await one.output.has("/root");
    one.program.stdin.write("10 end\n");
    const { answers, missing, metrics, users } = await ended(one, 0);
    const whys = new Map(answers.map(({ command, done, why }) => [command, done ? "done" : why]));
    assert.equal(whys.get(1), "done");
    assert.equal(whys.get(2), "there is no BPF here");
    assert.equal(whys.get(3), "it needs BPF, which does not work here");
    assert.equal(whys.get(4), `gone: process ${process.pid} started later`);
    assert.equal(whys.get(5), "this process is never ended");
    assert.equal(whys.get(6), `gone: process ${process.pid} started later`);
    assert.equal(whys.get(7), "no such command");
    assert.equal(whys.get(8), "its words are not those that it takes");
    assert.equal(whys.get(10), "done");
    assert.ok(missing.includes("system calls") && missing.includes("denied"));
    assert.ok(metrics.has("processor nanoseconds"));
    assert.ok(users.some(({ name, id }) => name === "root" && id === 0));
  });

  test("a process is told with what it runs, and what it has open", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    // A name that looks like more of its line, and bytes that are no text.
    const program = join(folder, "a) R 1 (b");
    copyFileSync("/bin/sleep", program);
    chmodSync(program, 0o755);
    const file = join(folder, "opened");
    writeFileSync(file, "");
    const target = spawn("/bin/sh", ["-c", `exec "$0" 300 3<"$1"`, program, file], { env: { NAME: "v\u00ff" } });
    try {
      // Until then it is a shell, among whose arguments the file is.
      await runs(target.pid, program);
      const one = start("--metrics", "0");
      // Its descriptors come behind it.
      await one.output.has(file);
      one.program.stdin.write("1 end\n");
      const { threads, descriptors } = await ended(one, 0);
      const thread = threads.find(({ tid }) => tid === target.pid);
      assert.deepEqual(
        [thread?.comm, thread?.args, thread?.exePath, thread?.pid, thread?.parent],
        ["a) R 1 (b", ["300"], program, target.pid, process.pid],
      );
      const opened = descriptors.find(({ tid, fd }) => tid === target.pid && fd === 3);
      assert.deepEqual(
        [opened?.descriptor.kind, opened?.descriptor.name, opened?.descriptor.inode],
        ["file", file, BigInt(statSync(file).ino)],
      );
    } finally {
      target.kill("SIGKILL");
    }
  });

  test("programs that start and files that are written to are events", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    const one = start("--metrics", "0");
    await one.output.has("writes to files alone");
    const file = join(folder, "written");
    const child = spawn("/bin/sh", ["-c", `echo x >"${file}"; exec sleep 300`], { env: unmoved });
    await one.output.has(file);
    await one.output.has("sleep\x00300\0");
    child.kill("SIGKILL");
    one.program.stdin.write("1 end\n");
    const { events } = await ended(one, 0);
    const write = events.find(({ name, values }) => name === "openat" && values.name === file);
    assert.deepEqual([write?.values.fd, write?.values.flags], [2147483647, 2]);
    const sleep = events.find(
      ({ name, values }) => name === "execve" && values.args === "300\0" && values.pid === child.pid,
    );
    assert.equal(sleep?.values.exe, "sleep");
  });

  test("a reader that goes away ends it; it says so", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    const one = start("--metrics", "0");
    await one.output.has("writes to files alone");
    let told = "";
    one.program.stderr.on("data", (chunk) => (told += chunk));
    one.program.stdout.destroy();
    // Answers to what comes before it is closed have somebody to go to.
    await one.output.ended;
    one.program.stdin.write("1 metrics\n2 metrics\n");
    assert.equal(await one.code, 1);
    assert.match(told, /the reader is gone/);
  });

  test("who reads /proc and is stuck there is replaced", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    const one = start("--metrics", "0");
    await one.output.has("writes to files alone");
    const children = `/proc/${one.program.pid}/task/${one.program.pid}/children`;
    const scout = Number(readFileSync(children, "utf8"));
    process.kill(scout, "SIGSTOP");
    one.program.stdin.write(`1 thread ${process.pid}\n`);
    const replaced = new RegExp(`^(?!${scout} )\\d+ $`);
    await until(() => replaced.test(readFileSync(children, "utf8")));
    one.program.stdin.write(`2 thread ${process.pid}\n3 metrics\n4 end\n`);
    const { answers, metrics } = await ended(one, 0);
    assert.deepEqual(
      answers.map(({ done }) => done),
      [true, true, true, true],
    );
    // On a busy machine others take too long as well.
    assert.ok((metrics.get("looks into /proc that were given up") ?? 0n) >= 1n);
  });

  test("its socket takes one reader at a time, and the next one is told all of it again", async (t) => {
    if (fails !== undefined) return t.skip(fails);
    const path = join(folder, "socket");
    const one = start("--metrics", "0", "--listen", path);
    const first = await connected(path);
    const reading = new Reading(first);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await reading.has("writes to files alone");
    const second = await connected(path);
    const turnedAway = new Reading(second);
    await turnedAway.ended;
    assert.equal(turnedAway.all.length, 0);
    first.write("1 metrics\n");
    await reading.has("processor nanoseconds");
    first.destroy();
    // Until it is closed the next one would be turned away as well.
    await reading.ended;
    const third = await connected(path);
    const again = new Reading(third);
    await until(() => readFrames(again.all, false).users.length > 0);
    third.write("2 end\n");
    await again.ended;
    const { answers, users } = readFrames(again.all);
    assert.deepEqual(answers, [{ command: 2, done: true, why: "" }]);
    assert.ok(users.length > 0);
    assert.equal(await one.code, 0);
    assert.throws(() => statSync(path), /ENOENT/);
  });
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** As soon as a process runs this program. */
async function runs(pid: number | undefined, program: string): Promise<void> {
  assert.ok(pid !== undefined);
  await until(() => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === program;
    } catch {
      // It has none yet.
      return false;
    }
  });
}

/** As soon as somebody listens there. */
async function connected(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", resolve);
    });
    if (error === undefined) return socket;
    if (error.code !== "ENOENT" && error.code !== "ECONNREFUSED") throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
