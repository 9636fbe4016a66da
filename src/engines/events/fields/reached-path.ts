/**
 * Bulkhead's own fields of paths, one for all calls that reach a file the same way: `fs.path.read`, `fs.path.changed`, `fs.path.reached`. Magic
 * links of procfs are followed where it is known what they lead to, since a prefix would hide any path otherwise.
 */
import type { SyscallEvent } from "../event.ts";
import { asDirectory, joinPath } from "../state/paths.ts";
import type { Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { flag } from "../types/flags.ts";
import { signedAt, textAt, u32At } from "../types/parameters.ts";
import { directoryOf } from "./argument-text.ts";
import { ofEvent, type SyscallField } from "./define.ts";
import { openFlagsAt } from "./event-codes.ts";
import { type EventPath, eventPath } from "./event-path.ts";

type Name = keyof typeof codes;

function byCode(entries: Partial<Record<Name, string>>): ReadonlyMap<number, EventPath> {
  return new Map(
    Object.entries(entries).map(([name, path]) => [codes[name as Name], eventPath(codes[name as Name], path)]),
  );
}

const opened = byCode({ open: "name", openat: "name", openat2: "name", open_by_handle_at: "path" });

const reachedBy: ReadonlySet<number> = new Set([codes.open, codes.openat, codes.openat2, codes.creat]);

/** Another name is made of it, under which it is read afterward. */
const renamed = byCode({
  rename: "oldpath",
  renameat: "oldpath",
  renameat2: "oldpath",
  link: "oldpath",
  linkat: "oldpath",
  mount: "dev",
});
const symbolic = byCode({ symlink: "linkpath", symlinkat: "linkpath" });

const made = byCode({
  creat: "name",
  rename: "newpath",
  renameat: "newpath",
  renameat2: "newpath",
  link: "newpath",
  linkat: "newpath",
  symlink: "linkpath",
  symlinkat: "linkpath",
  mknod: "path",
  mknodat: "path",
  mount: "dir",
});

const READ = flag("file_flags", "O_RDONLY");
const WRITE = flag("file_flags", "O_WRONLY") | flag("file_flags", "O_CREAT") | flag("file_flags", "O_TRUNC");

/** Links through links of procfs that are followed; the kernel takes 40 in all. */
const MOST_LINKS = 8;

/** `/proc/self/root`, `/host/proc/1/task/1/root`, `/proc/self/cwd`, `/proc/self/fd/5`, `/dev/fd/5`, and what follows. */
const magic =
  /^(?:(?:\/[^/]+){0,4}?\/proc\/(self|thread-self|\d{1,10})(?:\/task\/\d{1,10})?\/(?:(root|cwd)|fd\/(\d{1,10}))|\/dev\/fd\/(\d{1,10}))(?=\/|$)/;

function followed(thread: Thread, path: string): string {
  let text = path;
  for (let left = MOST_LINKS; left > 0; left--) {
    if (!text.includes("/proc/") && !text.startsWith("/dev/fd/")) break;
    text = text.replace(/\/(?:\.?\/)+/g, "/");
    const match = magic.exec(text);
    if (match === null) break;
    const start = startOf(thread, match);
    if (start === undefined || start === match[0]) break;
    text = `${start}${text.slice(match[0].length)}` || "/";
  }
  return joinPath("", text);
}

/** What a magic link leads to, without a slash at its end. Undefined where nothing tells: other processes' directories and files. */
function startOf(thread: Thread, [, whose, link, number, devNumber]: RegExpExecArray): string | undefined {
  if (link === "root") return "";
  const { process } = thread;
  const own =
    whose === undefined || !/^\d/.test(whose) || whose === String(process.pid) || whose === String(thread.vpid);
  if (!own) return undefined;
  if (link === "cwd") return process.cwd === "/" ? "" : process.cwd.replace(/\/$/, "") || undefined;
  const descriptor = process.descriptors.get(Number(number ?? devNumber));
  return descriptor?.name.startsWith("/") ? descriptor.name : undefined;
}

function reached(event: SyscallEvent, { path, directory }: EventPath): string | undefined {
  const raw = textAt(event, path);
  const { thread } = event;
  if (raw === undefined || raw === "" || raw === "<NA>" || thread === undefined) return undefined;
  if (raw.startsWith("/")) return followed(thread, raw);
  const start = directoryOf(thread, directory < 0 ? undefined : signedAt(event, directory));
  return start.startsWith("/") ? joinPath(asDirectory(followed(thread, start)), raw) : joinPath(start, raw);
}

function openFlags(event: SyscallEvent): number {
  const at = openFlagsAt[event.code] ?? -1;
  return at < 0 ? 0 : (u32At(event, at) ?? 0);
}

function readPath(event: SyscallEvent): string | undefined {
  const open = opened.get(event.code);
  if (open !== undefined) return (openFlags(event) & READ) === 0 ? undefined : reached(event, open);
  const other = renamed.get(event.code);
  if (other !== undefined) return reached(event, other);
  const link = symbolic.get(event.code);
  return link === undefined ? undefined : linkedPath(event, link);
}

/** What a symbolic link leads to starts from the directory that the link is in, wherever the process works. */
function linkedPath(event: SyscallEvent, path: EventPath): string | undefined {
  const target = textAt(event, linkTargets.get(event.code) ?? -1);
  const { thread } = event;
  if (target === undefined || thread === undefined) return undefined;
  if (target.startsWith("/")) return followed(thread, target);
  const link = reached(event, path) ?? "";
  return joinPath(link.slice(0, link.lastIndexOf("/") + 1), target);
}

const linkTargets: ReadonlyMap<number, number> = new Map(
  [codes.symlink, codes.symlinkat].map((code) => [code, eventPath(code, "target").path]),
);

function changedPath(event: SyscallEvent): string | undefined {
  const open = opened.get(event.code);
  if (open !== undefined) return (openFlags(event) & WRITE) === 0 ? undefined : reached(event, open);
  const path = made.get(event.code);
  return path === undefined ? undefined : reached(event, path);
}

export const reachedPathFields: readonly SyscallField[] = [
  ofEvent(
    "fs.path.read",
    "path",
    "Path that the call opens for reading or makes another name of (rename, link, symbolic link, bind mount), whether it succeeds or not; /proc/self/root and the like are followed. Bulkhead's own",
    readPath,
  ),
  ofEvent(
    "fs.path.changed",
    "path",
    "Path that the call opens for writing, creates or replaces (rename, link, symbolic link, mknod, mount), whether it succeeds or not; /proc/self/root and the like are followed. Bulkhead's own",
    changedPath,
  ),
  ofEvent(
    "fs.path.reached",
    "path",
    "Path of the file that an open reached, whichever links were on the way, where it is another one than the path that was passed and the sensor tells it. Bulkhead's own",
    ({ descriptor, code }) => (reachedBy.has(code) ? descriptor?.reached : undefined),
  ),
];
