/** A podman of a test's own: storage, socket and one small image in a folder that is removed with all of it. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { podmanSource } from "../../src/collect/runtime/containers/engine-source.ts";
import type { ContainerFacts } from "../../src/engines/events/containers/model.ts";

const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/sbin");
const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
const podman = find("podman");
const runtime = find("runc") ?? find("crun");
const busybox = find("busybox");

/** Why there is none here; false where there is. */
export const podmanMissing: string | false =
  process.getuid?.() !== 0
    ? "only root starts containers of its own storage"
    : podman === undefined || runtime === undefined
      ? "podman, or runc and crun, are not installed"
      : busybox === undefined && "busybox is not installed";

export interface OwnPodman {
  readonly folder: string;
  /** What it is called with before every command. */
  readonly program: string;
  readonly engine: readonly string[];
  /** Below which responders find podman's socket, /proc and /sys. */
  readonly root: string;
  run(...words: string[]): string;
  /** A container of a shell that ends on SIGTERM. @returns its id */
  start(name: string): string;
  stateOf(name: string): string;
  /** Once podman has seen the end of it: its exit code. */
  endOf(name: string): Promise<number>;
  pidOf(name: string): number;
  factsOf(id: string): Promise<ContainerFacts>;
  remove(): void;
}

/** @param driver - of its storage: `overlay` tells what the image holds from what was written since, and does not work on all */
export async function ownPodman(driver: "vfs" | "overlay" = "vfs"): Promise<OwnPodman> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-response-"));
  const at = (name: string) => join(folder, name);
  const root = at("host");
  const socket = join(root, "run/podman/podman.sock");
  const engine = [
    ...["--root", at("storage"), "--runroot", at("run"), "--tmpdir", at("tmp"), "--storage-driver", driver],
    ...["--runtime", runtime ?? ""],
  ];
  const env = { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" };
  const run = (...words: string[]) =>
    execFileSync(podman ?? "", [...engine, ...words], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  for (const path of ["fs/bin", "host/run/podman"]) mkdirSync(at(path), { recursive: true });
  symlinkSync("/proc", join(root, "proc"));
  symlinkSync("/sys", join(root, "sys"));
  execFileSync("cp", ["--dereference", busybox ?? "", at("fs/bin/sh")]);
  const linked = execFileSync("sh", ["-c", `ldd ${busybox} 2>/dev/null || true`], { encoding: "utf8" });
  for (const [library] of linked.matchAll(/\/[^ ]+\.so[^ ]*/g)) {
    execFileSync("cp", ["--dereference", "--parents", library, at("fs")]);
  }
  execFileSync("tar", ["-C", at("fs"), "-cf", at("fs.tar"), "."]);
  const entry = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"];
  run("import", "--change", `ENTRYPOINT ${JSON.stringify(entry)}`, at("fs.tar"), "shop/api:2.0");
  const service: ChildProcess = spawn(podman ?? "", [...engine, "system", "service", "--time=0", `unix://${socket}`], {
    env,
    stdio: "ignore",
  });
  for (let tries = 0; tries < 500 && !existsSync(socket); tries++) await setTimeout(20);
  assert.ok(existsSync(socket), "podman serves no socket");

  return {
    folder,
    program: podman ?? "",
    engine,
    root,
    run,
    start: (name) =>
      run("run", "--detach", "--name", name, "--network", "none", "shop/api:2.0").split("\n").at(-1) ?? "",
    stateOf: (name) => run("inspect", "--format", "{{.State.Status}}", name),
    async endOf(name) {
      const state = () => run("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name).split(" ");
      for (let tries = 0; tries < 500 && state()[0] !== "exited"; tries++) await setTimeout(20);
      assert.equal(state()[0], "exited");
      return Number(state()[1]);
    },
    pidOf: (name) => Number(run("inspect", "--format", "{{.State.Pid}}", name)),
    async factsOf(id) {
      const source = podmanSource(socket, "podman", 5_000);
      try {
        const facts = await source.find(id, new AbortController().signal);
        assert.ok(facts);
        return facts;
      } finally {
        source.close();
      }
    },
    remove() {
      try {
        run("rm", "--all", "--force", "--time", "0");
        run("rmi", "--all", "--force");
      } finally {
        service.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
      }
    },
  };
}
