/**
 * Which container a thread is in, as its cgroups' paths tell: docker, containerd, CRI-O, podman, nerdctl and LXC, laid out by
 * systemd or in plain folders, in a pod or not. The paths of the runtimes' monitors (`crio-conmon-…`) are the host's.
 */
import type { ContainerFacts } from "../containers/model.ts";
import { splitTexts } from "../types/texts.ts";
import { weightOf } from "../weight.ts";
import type { Thread } from "./thread.ts";

/** What a thread's cgroups tell. */
export interface CgroupFacts {
  /** `cpuset=/docker/0123…`: controller and path, by today's names of controllers. */
  readonly paths: readonly string[];
  /** Undefined for what runs in no container. */
  readonly container: ContainerFacts | undefined;
}

/** Controllers by the names that old kernels' sensors gave them. */
const controllers: Readonly<Record<string, string>> = { perf: "perf_event", mem: "memory", io: "blkio" };

/** Runtimes by what stands before the id in the name of a cgroup. */
const runtimes: Readonly<Record<string, ContainerFacts["runtime"]>> = {
  docker: "docker",
  "cri-containerd": "containerd",
  nerdctl: "containerd",
  crio: "cri-o",
  libpod: "podman",
  "libpod-payload": "podman",
};

const ofRuntime = /^(?:(?:[^:]*:)?([a-z-]+)[-:])?([0-9a-f]{64})(?:\.scope)?$/i;
const podPart =
  /pod([0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12})(?:\.slice)?(?:[/:]|$)/i;
const lxc = /\/lxc(?:\.payload)?[/.]([^/]+)/;
/** What containerd alone makes: its namespace, then the id that somebody chose. */
const ofContainerd = /^\/([A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*)\/([A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*)$/;
const unitOfSystemd = /\.(?:service|slice|scope|mount|swap|socket|session|user)$/;
const noNamespaces: ReadonlySet<string> = new Set([
  "docker",
  "kubepods",
  "kubelet",
  "user",
  "system",
  "machine",
  "init",
  "lxc",
]);

/** Longest path that is looked into. */
const longestPath = 4_096;

/** The container that one cgroup's path is of; undefined for the host's. */
export function containerOfPath(path: string): ContainerFacts | undefined {
  if (path.length > longestPath || path.length < 3) return undefined;
  const parts = path.split("/");
  for (let index = parts.length - 1; index >= 0; index--) {
    const [, prefix = "", fullId] = ofRuntime.exec(parts[index] ?? "") ?? [];
    if (fullId === undefined) continue;
    const runtime = prefix === "" ? plainRuntime(path) : runtimes[prefix];
    if (runtime !== undefined) return facts(fullId, runtime, path);
  }
  const inLxc = lxc.exec(path)?.[1];
  if (inLxc !== undefined) return { id: inLxc, fullId: inLxc, runtime: "lxc" };
  const [, namespace = "", id = ""] = ofContainerd.exec(path) ?? [];
  if (id === "" || noNamespaces.has(namespace) || unitOfSystemd.test(namespace) || unitOfSystemd.test(id))
    return undefined;
  return { id: id.slice(0, 12), fullId: id, runtime: "containerd" };
}

/** An id that stands alone: docker's own folder says so, all others do the same. */
function plainRuntime(path: string): ContainerFacts["runtime"] {
  return path.includes("/docker/") && !path.includes("/kubepods") ? "docker" : "other";
}

function facts(fullId: string, runtime: ContainerFacts["runtime"], path: string): ContainerFacts {
  const podUid = podUidOfPath(path);
  const uid = userOfPath(path);
  return {
    id: fullId.slice(0, 12),
    fullId,
    runtime,
    ...(podUid === undefined ? {} : { podUid }),
    ...(uid === undefined ? {} : { uid }),
  };
}

/** In whose slice it is: below it users make cgroups of any name. Root's own slice is no user's. */
function userOfPath(path: string): number | undefined {
  const uid = Number(/^\/user\.slice\/user-(\d{1,10})\.slice\//.exec(path)?.[1] ?? 0);
  return uid === 0 ? undefined : uid;
}

/** The pod's UID, which systemd's layout writes with `_` for `-`. */
export function podUidOfPath(path: string): string | undefined {
  return podPart.exec(path)?.[1]?.replaceAll("_", "-");
}

/**
 * Cgroups of threads, read once for each text: threads of one container share it.
 *
 * @param texts - `cpuset=/docker/0123…`, each with a zero after it
 */
export class Cgroups {
  /** Bytes that were read since it was last looked who still has them. */
  bytes = 0;
  private readonly known = new Map<string, CgroupFacts>();
  private readonly most: number;

  constructor(most = 4_096) {
    this.most = most;
  }

  read(texts: string): CgroupFacts {
    const known = this.known.get(texts);
    if (known !== undefined) return known;
    if (this.known.size >= this.most) this.known.clear();
    const facts = readCgroups(splitTexts(texts));
    this.known.set(texts, facts);
    this.bytes += texts.length + weightOf(facts.paths);
    return facts;
  }

  /**
   * Takes from threads what is over half of a bound, so that it is seldom done. Where they are, they stay.
   *
   * @returns how many lost theirs
   */
  bound(threads: Iterable<Pick<Thread, "cgroups">>, mostBytes: number): number {
    this.known.clear();
    this.bytes = 0;
    const seen = new Set<readonly string[]>();
    let left = 0;
    for (const thread of threads) {
      if (seen.has(thread.cgroups)) continue;
      const bytes = weightOf(thread.cgroups);
      if (this.bytes + bytes > mostBytes / 2) {
        thread.cgroups = [];
        left += 1;
        continue;
      }
      seen.add(thread.cgroups);
      this.bytes += bytes;
    }
    return left;
  }
}

/** Most cgroups of one thread that are looked at. */
const mostCgroups = 64;

function readCgroups(texts: readonly string[]): CgroupFacts {
  const paths: string[] = [];
  let container: ContainerFacts | undefined;
  for (const text of texts.slice(0, mostCgroups)) {
    const equals = text.indexOf("=");
    const path = text.slice(equals + 1);
    const controller = equals === -1 ? "" : text.slice(0, equals).replace("_cgroup", "");
    paths.push(equals === -1 ? text : `${controllers[controller] ?? controller}=${path}`);
    container ??= containerOfPath(path);
  }
  return { paths, container };
}
