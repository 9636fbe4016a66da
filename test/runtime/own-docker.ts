/** A dockerd of a test's own: data, socket, configuration and one small image in a folder that is removed with all of it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";

const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/sbin", "/sbin");
const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
const dockerd = find("dockerd");
const busybox = find("busybox");

/** Why there is none here; false where there is. */
export const dockerMissing: string | false =
  process.getuid?.() !== 0
    ? "only root starts an engine of its own"
    : dockerd === undefined || find("docker") === undefined || find("containerd") === undefined
      ? "docker.io is not installed"
      : busybox === undefined && "busybox is not installed";

export interface OwnDocker {
  /** Below which its `var/run/docker.sock`, `var/run/docker.pid` and `etc/docker/daemon.json` are. */
  readonly root: string;
  readonly socket: string;
  run(...words: string[]): string;
  remove(): Promise<void>;
}

/** @param settings - of its daemon.json, beside what keeps it within its folder */
export async function ownDocker(settings: Readonly<Record<string, unknown>> = {}): Promise<OwnDocker> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-dockerd-"));
  const at = (name: string) => join(folder, name);
  const socket = at("host/var/run/docker.sock");
  for (const path of ["fs/bin", "host/var/run", "host/etc/docker"]) mkdirSync(at(path), { recursive: true });
  const own = {
    ...{ "data-root": at("data"), "exec-root": at("exec"), pidfile: at("host/var/run/docker.pid") },
    ...{ bridge: "none", iptables: false, "ip-masq": false, "ip-forward": false, "storage-driver": "vfs" },
    // Without the right to raise limits the daemon's own defaults fail.
    "default-ulimits": { nofile: { Name: "nofile", Hard: 1_024, Soft: 1_024 } },
  };
  writeFileSync(at("host/etc/docker/daemon.json"), JSON.stringify({ ...own, ...settings }));
  const log = openSync(at("log"), "a");
  const engine = spawn(
    dockerd ?? "",
    ["--config-file", at("host/etc/docker/daemon.json"), "--host", `unix://${socket}`],
    { stdio: ["ignore", log, log] },
  );
  const ended = once(engine, "exit");
  const run = (...words: string[]) =>
    execFileSync("docker", ["--host", `unix://${socket}`, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  const remove = async () => {
    try {
      if (existsSync(socket)) run("rm", "--force", "open", "closed");
    } catch {
      // Neither was started.
    }
    engine.kill("SIGTERM");
    await ended;
    // It leaves its own network namespace, and file systems of containers that were killed.
    const mounted = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "");
    for (const place of mounted
      .filter((each) => each.startsWith(`${folder}/`))
      .sort()
      .reverse()) {
      execFileSync("umount", ["--lazy", place]);
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const serves = () => readFileSync(at("log"), "utf8").includes("API listen on");
  for (let tries = 0; tries < 1_500 && !serves() && engine.exitCode === null; tries++) await setTimeout(20);
  if (!serves()) {
    const said = readFileSync(at("log"), "utf8").slice(-2_000);
    engine.kill("SIGKILL");
    throw new Error(`dockerd serves no socket: ${said}`);
  }
  execFileSync("cp", ["--dereference", busybox ?? "", at("fs/bin/busybox")]);
  execFileSync("tar", ["-C", at("fs"), "-cf", at("fs.tar"), "."]);
  run("import", "--change", 'ENTRYPOINT ["/bin/busybox", "sleep", "600"]', at("fs.tar"), "shop/api:2.0");
  return { root: at("host"), socket, run, remove };
}
