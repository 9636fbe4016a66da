/**
 * Containers of podman and runc for tests of the live sensor: an image that mmdebstrap makes once (.cache/live, without a
 * registry), small programs of `sensor/bench`, and scripts that run as something other than the first process.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "../../..");
const CACHE = join(ROOT, ".cache/live");
const PACKAGES = "python3,curl,netcat-openbsd,procps,nginx-light,redis-server,cron,iproute2";
const IMAGE = "localhost/bulkhead-live/attacked:13";

export interface Ran {
  readonly code: number | null;
  readonly said: string;
}

export interface RanContainer extends Ran {
  /** The first 12 characters of its id. */
  readonly id: string;
}

export interface Containers {
  /** A directory that every container sees as /opt/attack: programs, and scripts by `script`. */
  readonly shared: string;
  readonly image: string;
  /** Puts a script there; its path in containers. */
  script(name: string, text: string): string;
  /** Runs a script as a child of the container's first process, to its end; `timeout` is that process. */
  run(name: string, script: string, options?: readonly string[]): Promise<RanContainer>;
  /** Starts one that stays until `remove`. */
  start(name: string, script: string, options?: readonly string[]): Promise<RanContainer>;
  /** `podman exec`, its options before the name. */
  exec(options: readonly string[], name: string, words: readonly string[]): Promise<Ran>;
  remove(name: string): Promise<void>;
  /** Removes what was made here. */
  close(): void;
}

/** Why live containers cannot run here, or undefined. */
export function cannotRunContainers(): string | undefined {
  if (process.getuid?.() !== 0) return "not run as root";
  for (const [name, word] of [
    ["podman", "--version"],
    ["runc", "--version"],
    ["mmdebstrap", "--version"],
    ["gcc", "--version"],
  ] as const) {
    if (spawnSync(name, [word]).status !== 0) return `${name} is not installed`;
  }
  return undefined;
}

/** Compiles a program of `sensor/bench` so that it runs in any container. */
export function compile(name: string, folder: string): string {
  const file = join(folder, name);
  const source = join(ROOT, `sensor/bench/${name}.c`);
  execFileSync("gcc", ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-static", source, "-o", file]);
  return file;
}

/** @param prefix what names of its containers begin with */
export async function openContainers(prefix: string): Promise<Containers> {
  mkdirSync(CACHE, { recursive: true });
  const shared = mkdtempSync(join(tmpdir(), "bulkhead-live-"));
  for (const name of ["uring-open", "generator"]) compile(name, shared);
  makeLinks(shared);
  const imported = await importImage();
  const named = (name: string): string => `${prefix}-${name}`;

  function script(name: string, content: string): string {
    writeFileSync(join(shared, `${name}.sh`), `${content}\n`);
    return `/opt/attack/${name}.sh`;
  }
  async function run(name: string, content: string, options: readonly string[]): Promise<RanContainer> {
    // Podman gives the start of its id to a container as its host's name; an attached one says it first.
    const file = script(name, `echo "$HOSTNAME"\n${content}`);
    const ran = await podman([
      ...["run", "--rm", `--name=${named(name)}`, `--volume=${shared}:/opt/attack:ro`],
      ...[...options, IMAGE, "timeout", "120", "bash", file],
    ]);
    const id = /^[0-9a-f]{12}/m.exec(ran.said)?.[0];
    if (id === undefined) throw new Error(`${name}: podman ended with ${ran.code}: ${ran.said}`);
    return { ...ran, id };
  }
  return {
    shared,
    image: IMAGE,
    script,
    run: (name, content, options = []) => run(name, content, options),
    start: (name, content, options = []) => run(name, content, ["--detach", ...options]),
    exec: (options, name, words) => podman(["exec", ...options, named(name), ...words]),
    async remove(name) {
      await podman(["rm", "--force", "--time=0", named(name)]);
    },
    close() {
      rmSync(shared, { recursive: true, force: true });
      if (imported) spawnSync("podman", ["rmi", "--force", IMAGE], { stdio: "ignore" });
    },
  };
}

/** Links that were there before, in a directory whose name says nothing: only where they lead is told by what opens them. */
function makeLinks(shared: string): void {
  mkdirSync(join(shared, "notes"));
  symlinkSync("/etc/shadow", join(shared, "notes/today"));
  symlinkSync("/etc/passwd", join(shared, "notes/yesterday"));
}

/** The root file system of what is attacked, made once. */
export function rootTar(): string {
  mkdirSync(CACHE, { recursive: true });
  const tar = join(CACHE, "attacked.tar");
  if (!existsSync(tar)) {
    execFileSync("mmdebstrap", ["--variant=minbase", `--include=${PACKAGES}`, "trixie", `${tar}.part`], {
      stdio: "ignore",
    });
    execFileSync("mv", [`${tar}.part`, tar]);
  }
  return tar;
}

/** Whether it was not there before. */
async function importImage(): Promise<boolean> {
  if ((await podman(["image", "exists", IMAGE])).code === 0) return false;
  const tar = rootTar();
  const { code, said } = await podman(["import", tar, IMAGE]);
  if (code !== 0) throw new Error(`podman import: ${said}`);
  return true;
}

async function podman(written: readonly string[]): Promise<Ran> {
  const child = spawn("podman", ["--runtime", "runc", "--log-level=error", ...written], {
    env: { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, said: `${out}${err}` };
}
