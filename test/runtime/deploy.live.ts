/** Capabilities of deploy/runtime's sensor: with them it works in a container as the manifest makes it, and each of them is for something. */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { readClock } from "../../src/core/clock.ts";
import type { SyscallSink, ThreadSnapshot } from "../../src/engines/events/sink.ts";
import type { Sensor } from "../../src/guards/runtime/model.ts";
import { openSensor } from "../../src/guards/runtime/sensor/open.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "./own-podman.ts";

const program = join(import.meta.dirname, "../../sensor/build/bulkhead-sensor");
const skip =
  podmanMissing ||
  (!existsSync(program) && "the sensor is not built (make -C sensor)") ||
  (!existsSync("/sys/kernel/tracing/events") && "tracefs is not mounted at /sys/kernel/tracing");

const [sensorContainer] = parseAllDocuments(
  readFileSync(join(import.meta.dirname, "../../deploy/runtime/base/daemonset.yaml"), "utf8"),
).flatMap((document) => document.toJS().spec.template.spec.containers as { name: string; securityContext: never }[]);
const { capabilities } = (sensorContainer as unknown as { securityContext: { capabilities: { add: string[] } } })
  .securityContext;

/** Another user's process, with a file that it alone opened. */
const OTHER = 65_533;

describe("the sensor of deploy/runtime", { skip }, () => {
  let podman: OwnPodman;
  let victim: ReturnType<typeof spawn>;
  let sockets: string;

  before(async () => {
    podman = await ownPodman();
    sockets = join(podman.folder, "sockets");
    mkdirSync(sockets);
    const root = join(podman.folder, "sensor");
    mkdirSync(join(root, "usr/bin"), { recursive: true });
    cpSync(program, join(root, "usr/bin/bulkhead-sensor"));
    for (const [library] of execFileSync("ldd", [program], { encoding: "utf8" }).matchAll(/\/[^ ]+\.so[^ ]*/g)) {
      execFileSync("cp", ["--dereference", "--parents", library, root]);
    }
    execFileSync("tar", ["-C", root, "-cf", `${root}.tar`, "."]);
    podman.run("import", "--change", 'ENTRYPOINT ["/usr/bin/bulkhead-sensor"]', `${root}.tar`, "bulkhead/sensor:0.1");
    victim = spawn("sleep", ["600"], {
      uid: OTHER,
      gid: OTHER,
      stdio: [openSync("/etc/hostname", "r"), "ignore", "ignore"],
    });
  });
  after(() => {
    victim?.kill("SIGKILL");
    podman?.remove();
  });

  /** As the manifest says, but for what is taken away. */
  function words(without?: string): string[] {
    const kept = capabilities.add.filter((name) => name !== without);
    return [
      ...["run", "--rm", "--interactive", "--network", "none", "--pid", "host", "--user", "0", "--read-only"],
      ...["--cap-drop", "all", ...kept.flatMap((name) => ["--cap-add", name])],
      ...["--security-opt", "no-new-privileges", "--memory", "256m"],
      ...["--volume", "/sys/kernel/tracing:/sys/kernel/tracing:ro", "--volume", `${sockets}:/run/bulkhead`],
      "bulkhead/sensor:0.1",
    ];
  }

  async function started(without?: string) {
    const threads = new Map<number, ThreadSnapshot>();
    const descriptors: string[] = [];
    let events = 0;
    const sink: SyscallSink = {
      machine() {},
      user() {},
      group() {},
      thread: (snapshot) => void threads.set(snapshot.tid, snapshot),
      descriptor: (tid, fd, { name }) => void (tid === victim.pid && descriptors.push(`${fd} ${name}`)),
      container() {},
      event() {
        events += 1;
      },
      lost() {},
    };
    const place = { kind: "program", file: podman.program, words: [...podman.engine, ...words(without)] } as const;
    const sensor = await openSensor({ place, hooks: ["execve", "clone", "procexit", "openat"], sink, notices: {} });
    return { sensor, thread: () => threads.get(victim.pid ?? 0), descriptors, events: () => events };
  }

  async function until(holds: () => boolean): Promise<boolean> {
    for (let tries = 0; tries < 250 && !holds(); tries++) await setTimeout(20);
    return holds();
  }

  async function kills(sensor: Sensor): Promise<string> {
    const target = spawn("sleep", ["600"], { uid: OTHER, stdio: "ignore" });
    try {
      await setTimeout(30);
      await sensor.tell(`kill ${target.pid} before:${BigInt(readClock().getTime() + 1_000) * 1_000_000n} 9`);
      return "killed";
    } catch (error) {
      return (error as Error).message;
    } finally {
      target.kill("SIGKILL");
    }
  }

  test("with all of them it sees events, other users' programs and descriptors, and ends processes", async () => {
    const { sensor, thread, descriptors, events } = await started();
    try {
      spawnSync("true");
      assert.ok(await until(() => events() > 0), "no event came");
      assert.ok(
        await until(() => thread()?.exePath !== undefined && thread()?.exePath !== ""),
        "no path of the program",
      );
      assert.ok(await until(() => descriptors.some((one) => one === "0 /etc/hostname")), descriptors.join(", "));
      assert.equal(await kills(sensor), "killed");
    } finally {
      await sensor.stop();
    }
  });

  for (const name of ["BPF", "PERFMON"]) {
    test(`without ${name} no program can be loaded`, () => {
      const probe = spawnSync(podman.program, [...podman.engine, ...words(name), "--probe"], { encoding: "utf8" });
      assert.match(probe.stdout, /^no +sched_process_exec/m);
      assert.doesNotMatch(probe.stdout, /^yes/m);
    });
  }

  test("without SYS_PTRACE it does not learn what other users run", async () => {
    const { sensor, thread, descriptors } = await started("SYS_PTRACE");
    await until(() => thread() !== undefined);
    await sensor.stop();
    assert.ok(thread() !== undefined);
    assert.ok(!thread()?.exePath, thread()?.exePath);
    assert.ok(!descriptors.includes("0 /etc/hostname"));
  });

  test("without DAC_READ_SEARCH it does not learn what other users have open", async () => {
    const { sensor, thread, descriptors } = await started("DAC_READ_SEARCH");
    await until(() => thread()?.exePath !== undefined);
    await sensor.stop();
    assert.ok(!descriptors.includes("0 /etc/hostname"), descriptors.join(", "));
  });

  test("without KILL it ends no other user's process", async () => {
    const { sensor } = await started("KILL");
    const said = await kills(sensor);
    await sensor.stop();
    assert.match(said, /refused/);
  });

  test("without CHOWN its socket is nobody else's", async () => {
    const listen = (without?: string, name = without ?? "all") =>
      spawn(
        podman.program,
        [...podman.engine, ...words(without), "--listen", `/run/bulkhead/${name}`, "--socket-user", `${OTHER}`],
        {
          stdio: ["pipe", "ignore", "pipe"],
        },
      );
    const whole = listen();
    const path = join(sockets, "all");
    try {
      assert.ok(await until(() => existsSync(path) && statSync(path).uid === OTHER), "no socket of the user");
      assert.equal(statSync(path).mode & 0o777, 0o600);
      const connection = connect(path);
      const [first] = (await connection.take(1).toArray()) as Buffer[];
      assert.equal(first?.subarray(1, 4).toString("latin1"), "BHF");
    } finally {
      whole.kill("SIGTERM");
    }
    const without = listen("CHOWN");
    const ended = await new Promise<number | null>((resolve) => without.once("exit", resolve));
    assert.notEqual(ended, 0);
    rmSync(path, { force: true });
  });
});
