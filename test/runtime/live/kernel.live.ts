/**
 * What the sensor's BPF programs see and do beyond calls that are hooked: calls in the 32-bit way, the longest paths, what a container
 * used of the kernel, and programs that a protected container may not start.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { SyscallEvent } from "../../../src/engines/events/event.ts";
import type { UsedOfKernel } from "../../../src/engines/events/frames/notices.ts";
import { codes } from "../../../src/engines/events/types/codes.ts";
import { type Containers, cannotRunContainers, compile, openContainers } from "./containers.ts";
import { cannotSense, startSensor } from "./sensor.ts";

const blind = cannotSense();
const away = blind ?? cannotRunContainers();

/** A parameter that is a text. */
function textOf(event: SyscallEvent, parameter: number): string {
  const start = event.starts[parameter] ?? 0;
  const length = event.lengths[parameter] ?? -1;
  return length < 1 ? "" : event.bytes.toString("utf8", start, start + length - 1);
}

const names = new Map<number, number>([
  [codes.open, 1],
  [codes.openat, 2],
]);

describe("programs in the kernel", { skip: blind ?? false }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-kernel-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("a file that is opened by int 0x80 is an open, and without the hook on all calls that is missing", {
    skip: process.arch === "x64" ? false : "the 32-bit way of x86-64",
  }, async (t) => {
    const opened: string[] = [];
    const sensor = await startSensor({
      hooks: ["open", "openat"],
      scope: "all",
      denied: true,
      onEvent(event) {
        const name = names.get(event.code);
        if (name !== undefined) opened.push(textOf(event, name));
      },
    });
    t.after(() => sensor.child.kill("SIGKILL"));
    const program = compile("foreign-open", folder);
    const { status } = spawnSync(program, ["/etc/./hostname"]);
    await sensor.end();
    if (status === null) return t.skip("this kernel takes no 32-bit calls");
    assert.equal(status, 0);
    assert.ok(opened.includes("/etc/./hostname"), "what int 0x80 opened was not told");
    const few = await startSensor({ hooks: ["open"], scope: "all" });
    await few.end();
    assert.ok(few.told.missing.has("32-bit calls"), [...few.told.missing.keys()].join(", "));
  });

  it("a path of 4,000 bytes is told whole, and no record is broken", async (t) => {
    const opened: string[] = [];
    const sensor = await startSensor({
      hooks: ["openat"],
      scope: "all",
      onEvent(event) {
        if (event.code === codes.openat) opened.push(textOf(event, 2));
      },
    });
    t.after(() => sensor.child.kill("SIGKILL"));
    const deep = `${folder}/${"d/".repeat(1_980)}`.slice(0, 3_990);
    const path = `${deep.slice(0, deep.lastIndexOf("/"))}/leaf`;
    execFileSync("mkdir", ["-p", path.slice(0, -5)]);
    execFileSync("sh", ["-c", `echo there >${path}; cat ${path}`]);
    await sensor.end();
    assert.ok(opened.filter((name) => name === path).length >= 2, "written, then read");
    assert.deepEqual([...sensor.told.lost], []);
  });
});

describe("programs in the kernel, of containers", { skip: away ?? false }, () => {
  let containers: Containers;
  before(async () => {
    containers = await openContainers("bulkhead-kernel");
  });
  after(() => containers?.close());

  it("learns what the workload used, without what its runtime did before", async (t) => {
    const used: UsedOfKernel[] = [];
    const sensor = await startSensor({ hooks: ["execve"], onUsed: (one) => void used.push(one) });
    t.after(() => sensor.child.kill("SIGKILL"));
    await sensor.tell("learn on");
    t.after(() => containers.remove("learned"));
    const { id } = await containers.run("learned", "chroot / true; chown 7 /tmp/. || true");
    await sensor.tell("used");
    await sensor.end();
    const [of] = used.filter(({ cgroup }) => cgroup.includes(id) && !cgroup.includes("conmon"));
    assert.ok(of, `nothing of ${id} in ${used.map(({ cgroup }) => cgroup).join(", ")}`);
    const numbers =
      process.arch === "x64"
        ? { chroot: 161, pivot: 155, setns: 308, write: 1 }
        : { chroot: 51, pivot: 41, setns: 268, write: 64 };
    assert.equal(of.whole, true);
    assert.ok(of.syscalls.includes(numbers.chroot) && of.syscalls.includes(numbers.write));
    assert.ok(!of.syscalls.includes(numbers.pivot) && !of.syscalls.includes(numbers.setns), of.syscalls.join(" "));
    // CAP_CHOWN and CAP_SYS_CHROOT; an overlay's own rights (CAP_SYS_ADMIN) are not the container's.
    assert.equal(of.capabilities & (1n << 0n), 1n);
    assert.equal(of.capabilities & (1n << 18n), 1n << 18n);
    assert.equal(of.capabilities & (1n << 21n), 0n);
  });

  it("ends what a protected container starts and its image does not hold, before its first instruction", async (t) => {
    const sensor = await startSensor({ hooks: ["execve"] });
    t.after(() => sensor.child.kill("SIGKILL"));
    t.after(() => containers.remove("protected"));
    const dropped = "cp /bin/true /tmp/dropped; /tmp/dropped; echo dropped=$?; /bin/true; echo own=$?";
    const memory =
      'python3 -c \'import os; f=os.memfd_create("m"); os.write(f,open("/bin/true","rb").read()); os.execve(f,["m"],{})\'; echo memory=$?';
    const { id } = await containers.start("protected", "sleep 100");
    const cgroup = cgroupOf(id);
    if (cgroup === undefined) return t.skip("podman makes no folder for it in the unified hierarchy");
    const free = await containers.exec([], "protected", ["bash", "-c", dropped]);
    assert.match(free.said, /dropped=0\nown=0/);
    await sensor.tell(`protect ${cgroup} on`);
    const held = await containers.exec([], "protected", ["bash", "-c", `${dropped}; ${memory}`]);
    assert.match(held.said, /dropped=137\n(?:.*\n)?own=0\n(?:.*\n)*memory=137/);
    await sensor.tell(`protect ${cgroup} off`);
    const again = await containers.exec([], "protected", ["bash", "-c", dropped]);
    assert.match(again.said, /dropped=0\nown=0/);
    await sensor.end();
  });
});

/** The number of a container's folder in the unified hierarchy. */
function cgroupOf(id: string): bigint | undefined {
  for (const root of ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]) {
    const found = spawnSync("find", [root, "-maxdepth", "6", "-type", "d", "-name", `*${id}*`], { encoding: "utf8" });
    const folder = found.stdout.split("\n").find((line) => line !== "" && !line.includes("conmon"));
    if (folder !== undefined) return statSync(folder, { bigint: true }).ino;
  }
  return undefined;
}
