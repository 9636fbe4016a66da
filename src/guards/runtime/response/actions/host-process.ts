/** Processes of the host as /proc tells of them: whether one is still the one that an event was about, and where it runs. */
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { readClock } from "../../../../core/clock.ts";

/** Ticks of /proc/PID/stat: USER_HZ, 100 a second on every architecture that Linux runs containers on. */
const TICK_MILLISECONDS = 10;
/** Both clocks that are compared are read in such steps. */
const SLACK_MILLISECONDS = 2 * TICK_MILLISECONDS;
/** Processes that are looked through for one of a container. */
const MOST_PROCESSES = 100_000;

export interface HostProcess {
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Its paths in the hierarchies of cgroups, that of the unified one apart. */
  readonly cgroups: readonly string[];
  readonly unified?: string;
  /** The file that runs, as the kernel has it; absent where it is not told. */
  readonly path?: string;
}

/** @param root - of the host's filesystem @returns undefined where there is none */
export async function hostProcess(root: string, pid: number): Promise<HostProcess | undefined> {
  const folder = join(root, "proc", String(pid));
  try {
    const [stated, uptime, cgroup, path] = await Promise.all([
      readFile(join(folder, "stat"), "latin1"),
      readFile(join(root, "proc/uptime"), "latin1"),
      readFile(join(folder, "cgroup"), "utf8"),
      readlink(join(folder, "exe")).catch(() => undefined),
    ]);
    // The name may have blanks and parentheses in it.
    const ticks = Number(stated.slice(stated.lastIndexOf(")") + 2).split(" ")[19]);
    const booted = readClock().getTime() - Number(uptime.split(" ")[0]) * 1_000;
    const lines = cgroup.split("\n").filter((line) => line !== "");
    const unified = lines.find((line) => line.startsWith("0::"))?.slice("0::".length);
    return {
      started: booted + ticks * TICK_MILLISECONDS,
      cgroups: lines.map((line) => line.split(":").slice(2).join(":")),
      ...(unified === undefined ? {} : { unified }),
      ...(path === undefined ? {} : { path }),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/**
 * Whether it lived when an event of a process with its id happened: then it is that process, for two at once have no id in
 * common.
 *
 * @param time - nanoseconds since 1970
 */
export function livedAt({ started }: HostProcess, time: bigint): boolean {
  return started <= Number(time / 1_000_000n) + SLACK_MILLISECONDS;
}

/** Whether a cgroup is a container's, by its whole id. */
export function isInContainer({ cgroups }: HostProcess, fullId: string): boolean {
  return cgroups.some((path) => path.split("/").some((name) => namesId(name, fullId)));
}

/** The cgroup of the container itself, above those that it made. @returns its id in the unified hierarchy, in decimal */
export async function containerCgroup(
  root: string,
  fullId: string,
  pid: number | undefined,
): Promise<string | undefined> {
  const own = pid === undefined ? undefined : await hostProcess(root, pid);
  const path = folderOf(own?.unified, fullId) ?? (await anyOf(root, fullId));
  if (path === undefined) return undefined;
  // The unified hierarchy is mounted below the others where both are in use.
  for (const mount of ["sys/fs/cgroup/unified", "sys/fs/cgroup"]) {
    const { ino } = (await stat(join(root, mount, path), { bigint: true }).catch(() => undefined)) ?? {};
    if (ino !== undefined) return String(ino);
  }
  return undefined;
}

/** The process may have ended, and others of its container not. */
async function anyOf(root: string, fullId: string): Promise<string | undefined> {
  const names = (await readdir(join(root, "proc"))).filter((name) => /^\d+$/.test(name));
  for (const name of names.slice(0, MOST_PROCESSES)) {
    const text = await readFile(join(root, "proc", name, "cgroup"), "utf8").catch(() => "");
    const unified = /^0::(.*)$/m.exec(text)?.[1];
    const found = folderOf(unified, fullId);
    if (found !== undefined) return found;
  }
  return undefined;
}

function folderOf(path: string | undefined, fullId: string): string | undefined {
  const parts = (path ?? "").split("/");
  // What a container names so within its own cgroup namespace leads nowhere else: `..` is never joined.
  if (parts.includes("..")) return undefined;
  const at = parts.findIndex((name) => namesId(name, fullId));
  return at < 0 ? undefined : parts.slice(0, at + 1).join("/");
}

/** `ID`, `libpod-ID`, `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID`. */
function namesId(name: string, fullId: string): boolean {
  const bare = name.replace(/\.scope$/, "");
  return bare === fullId || bare.endsWith(`-${fullId}`);
}
