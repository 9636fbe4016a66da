/**
 * Containers that do what they can to the sensor and who reads it: floods, fork bombs within limits, names of every kind. It
 * lives, stays within its memory, accounts for what it drops, and what an attack among it did is still told.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it, type TestContext } from "node:test";
import { python } from "./attacks/attack.ts";
import { type Containers, cannotRunContainers, openContainers } from "./containers.ts";
import { type Recorded, recorded } from "./detector.ts";
import { cannotSense } from "./sensor.ts";

const missing = cannotRunContainers() ?? cannotSense();
/** MiB, the ring of 16 counted twice. */
const MOST = 250;

const LONG = "n".repeat(255);

describe("containers that are hostile to who watches", { skip: missing ?? false }, () => {
  let containers: Containers;
  before(async () => {
    containers = await openContainers("bulkhead-hostile");
  });
  after(() => containers?.close());

  async function among(
    t: TestContext,
    name: string,
    script: string,
    options: readonly string[] = [],
  ): Promise<Recorded> {
    let code: number | null = null;
    let said = "";
    let id = "";
    let peak = 0;
    const detected = await recorded(async (sensor) => {
      ({ code, said, id } = await containers.run(name, `${script}\ncat /etc/shadow >/dev/null`, options));
      peak = peakOf(sensor.child.pid);
    });
    assert.equal(code, 0, said);
    const { lost, events } = detected.told;
    const dropped = [...lost.values()].reduce((sum, count) => sum + count, 0);
    t.diagnostic(`events ${events}, lost ${dropped} ${JSON.stringify([...lost])}, sensor ${peak} MiB at most`);
    assert.ok(peak > 0 && peak < MOST, `the sensor took ${peak} MiB`);
    const told = detected.alerts.filter(({ bulkhead }) => bulkhead.container?.id.startsWith(id) === true);
    if (dropped === 0)
      assert.ok(
        told.some(({ rule }) => rule === "Password Hashes Read"),
        "the attack was not told",
      );
    return detected;
  }

  it("a flood of opens", async (t) => {
    await among(t, "flood", "/opt/attack/generator seconds=5 & /opt/attack/generator seconds=5; wait; sleep 1");
  });

  it("fork bombs within limits", async (t) => {
    const bomb = `bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 3; true`;
    await among(t, "forks", `(timeout -s KILL 5 bash -c '${bomb}' 2>/dev/null); sleep 1`, ["--pids-limit=200"]);
  });

  it("a process that renames itself without end", async (t) => {
    await among(
      t,
      "renames",
      python(`
import ctypes, os
libc = ctypes.CDLL(None)
for number in range(20000):
    libc.prctl(15, b"%c[2J%d\\xff\\n" % (27, number), 0, 0, 0)`),
    );
  });

  it("names of 4,096 bytes, long arguments and environments", async (t) => {
    await among(
      t,
      "names",
      python(`
import os
os.chdir("/srv")
for depth in range(20):
    os.mkdir("${LONG}")
    os.chdir("${LONG}")
path = "/srv/" + "/".join(["${LONG}"] * 15)
for number in range(200):
    for name in (path + "/" + "x" * 200, "/" * 4095, "/srv/" + "../srv/" * 580, "y" * 5000):
        try: os.close(os.open(name, os.O_RDONLY))
        except OSError: pass
for number in range(20):
    if os.fork() == 0: os.execve("/bin/true", ["a" * 100000] * 10, {"b" * 1000: "c" * 100000})
    os.wait()`),
    );
  });

  it("names that are no UTF-8, steer terminals, or are empty", async (t) => {
    const { alerts } = await among(
      t,
      "bytes",
      python(`
import os
for number in range(1, 256):
    name = b"/srv/" + bytes([number, 0xff, 0xc3, 0x28, 0x1b, 0x5b, 0x32, 0x4a, 0x0a, 0xe2, 0x80, 0xae])
    try:
        os.close(os.open(name, os.O_RDWR | os.O_CREAT))
        os.unlink(name)
    except OSError: pass
for name in (b"", b"\\n", b"\\xff" * 255):
    try: os.open(name, os.O_RDONLY)
    except OSError: pass
os.symlink("/bin/cat", b"/srv/\\x1b[2J\\xff\\n::error::")
if os.fork() == 0: os.execv(b"/srv/\\x1b[2J\\xff\\n::error::", [b"\\x1b[31m\\xff\\n", b"/etc/shadow"])
os.wait()`),
    );
    const text = JSON.stringify(alerts.map(({ output }) => output));
    assert.ok(!text.includes("\\u001b["), "what an attacker named steers a terminal");
  });
});

/** MiB of resident memory that a process had at most. */
function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}
