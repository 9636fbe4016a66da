/** Owners and modes of a node's files: the known places, and those that its configuration names. */
import { compareText } from "../../../core/order.ts";
import type { Accounts, HostFile, HostFileKind, HostFiles } from "../../../engines/contents/model.ts";
import { bounds } from "../bounds.ts";
import { namedPlaces } from "./named-paths.ts";
import { type ConfigurationKind, fits, type Place, places } from "./places.ts";
import { createHostGaps, type HostEntry, type HostView } from "./view.ts";

/** Raised when what is found of the same file system changes: the cache of images keys on it. */
export const HOST_FILES_VERSION = 1;

/** What a file of any kind of host may be; beside others it is the node's. */
const ANYBODYS: ReadonlySet<HostFileKind> = new Set(["network-configuration", "etcd-directory", "etcd-data"]);
const ANYBODYS_PLACE = /^\/(?:etc\/cni|var\/lib\/etcd)(?:[/:]|$)/;

/** Two places may name one file: what it is to whom it is worth more counts. */
function rankOf(kind: HostFileKind): number {
  if (kind === "cluster-key" || kind === "admin-credential") return 2;
  return kind === "key" || kind === "credential" ? 1 : 0;
}

/** What is found of a node; undefined where it is none. @param accounts - of the same file system */
export function hostFilesOf(view: HostView, accounts: Accounts | undefined): HostFiles | undefined {
  const found = new Map<string, HostFile>();
  const reaches = new Map<string, HostFile["reach"]>();
  const gaps = createHostGaps(bounds.hostGaps);
  const pending: Place[] = [...places];
  const known = new Set<string>();
  const etcd = accounts?.passwd?.accounts.find(({ name }) => name === "etcd")?.uid;
  let more = 0;
  let textBytes = 0;

  /** Whom the folders above let in. */
  function reachOf(path: string): HostFile["reach"] {
    const slash = path.lastIndexOf("/");
    if (slash < 0) return "everyone";
    const above = path.slice(0, slash);
    const before = reaches.get(above);
    if (before !== undefined) return before;
    const mode = view.find(above)?.mode ?? 0;
    const own = (mode & 0o001) !== 0 ? "everyone" : (mode & 0o010) !== 0 ? "group" : "nobody";
    const reach = narrower(own, reachOf(above));
    reaches.set(above, reach);
    return reach;
  }

  function take(entry: HostEntry, place: Place): void {
    const { path, type, mode, owner, group, layer } = entry;
    if (type === "other") return;
    const kind = typeof place.kind === "string" ? place.kind : place.kind(path, type);
    if (kind === undefined) return;
    if (type !== (kind.endsWith("-directory") ? "directory" : "file")) return;
    const before = found.get(path);
    if (before === undefined && found.size >= bounds.hostFiles) {
      more += 1;
      return;
    }
    const users = new Set([...(before?.users ?? []), ...(place.users ?? [])]);
    if (place.etcd === true && etcd !== undefined) users.add(etcd);
    const isDoubtful = place.etcd === true && owner !== 0 && (accounts?.unread.length ?? 0) > 0;
    if (isDoubtful) gaps.add("etc/passwd", "not read, so which user id is etcd's is unknown");
    found.set(path, {
      path,
      kind: before === undefined || rankOf(kind) > rankOf(before.kind) ? kind : before.kind,
      type,
      mode,
      ...(isDoubtful ? {} : { owner }),
      group,
      users: [...users],
      reach: reachOf(path),
      ...(layer === undefined ? {} : { layer }),
    });
    // Behind a closed folder nobody else gets to what is in it.
    if (kind === "etcd-directory" && (mode & 0o011) !== 0) {
      pending.push({ at: `${path}/**`, kind: "etcd-data", users: [...users], ...(place.etcd ? { etcd: true } : {}) });
    }
    if (before === undefined && place.reads !== undefined) follow(entry, place.reads);
  }

  function follow(entry: HostEntry, reads: ConfigurationKind): void {
    if (textBytes > bounds.hostConfigurationsBytes) {
      more += 1;
      return;
    }
    const text = view.read(entry);
    if (text === undefined) return;
    textBytes += text.length;
    const named = namedPlaces(reads, text);
    if (named.unread !== undefined) {
      gaps.add(entry.path, `${named.unread}, so files that it names are not looked up`);
    }
    for (const each of named.places) {
      if (pending.length < bounds.hostFiles) pending.push(each);
      else more += 1;
    }
  }

  for (let at = 0; at < pending.length; at++) {
    const place = pending[at] as Place;
    const { users = [] } = place;
    const key = `${place.at}\n${users.join(" ")}\n${String(place.etcd ?? false)}`;
    if (known.has(key)) continue;
    known.add(key);
    for (const entry of entriesAt(view, place.at)) take(entry, place);
  }
  const files = [...found.values()].sort((a, b) => compareText(a.path, b.path));
  const all = [...view.gaps(), ...gaps.all()];
  if (more > 0) all.push({ code: "contents.host-files", reason: `${more} more host files are not looked up` });
  if (files.some(({ kind, type }) => type === "file" && !ANYBODYS.has(kind))) return { files, gaps: all };
  // What could not be looked up may be what makes it a node.
  const others = all.filter(({ reason }) => !ANYBODYS_PLACE.test(reason));
  return others.length === 0 ? undefined : { files: [], gaps: others };
}

function narrower(a: HostFile["reach"], b: HostFile["reach"]): HostFile["reach"] {
  if (a === "nobody" || b === "nobody") return "nobody";
  return a === "group" || b === "group" ? "group" : "everyone";
}

/** What there is at a place, its wildcards filled in. */
function* entriesAt(view: HostView, at: string): Generator<HostEntry> {
  if (at.endsWith("/**")) {
    yield* below(view, at.slice(0, -"/**".length), bounds.hostDepth);
    return;
  }
  const star = at.indexOf("*");
  const entry = star < 0 ? view.find(at) : undefined;
  if (entry !== undefined) yield entry;
  if (star < 0) return;
  const slash = at.lastIndexOf("/");
  const pattern = at.slice(slash + 1);
  for (const each of view.list(at.slice(0, slash))) {
    const listed = fits(pattern, each) ? view.find(`${at.slice(0, slash)}/${each}`) : undefined;
    if (listed !== undefined) yield listed;
  }
}

function* below(view: HostView, folder: string, depth: number): Generator<HostEntry> {
  for (const name of view.list(folder)) {
    const entry = view.find(`${folder}/${name}`);
    if (entry === undefined) continue;
    yield entry;
    // By its real path: a symlink to a folder above would be walked to the depth's end.
    if (entry.type === "directory" && depth > 1) yield* below(view, entry.path, depth - 1);
  }
}
