/** Which events open, execute and change files, and what of each of their paths is done. */
import type { SyscallEvent } from "../event.ts";
import { openFlagsAt } from "../fields/event-codes.ts";
import { type EventPath, eventPath, wholePath } from "../fields/event-path.ts";
import type { Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { flag } from "../types/flags.ts";
import { u32At } from "../types/parameters.ts";
import { socketAddressAt } from "../types/sockets.ts";
import type { How } from "./model.ts";

type Name = keyof typeof codes;

export interface FileDeeds {
  /** @param inode - `DEVICE:INODE` */
  opened(path: string, inode: string | undefined, layer: "lower" | "upper" | undefined): void;
  executed(path: string, layer: "lower" | "upper" | "memfd" | undefined): void;
  written(path: string, how: How, layer: "lower" | "upper" | undefined): void;
}

/** Of each event its paths, with what becomes of each. */
const changes = new Map<number, readonly (readonly [EventPath, How])[]>(
  (
    [
      ["mkdir", ["path", "create"]],
      ["mkdirat", ["path", "create"]],
      ["mknod", ["path", "create"]],
      ["mknodat", ["path", "create"]],
      ["symlink", ["linkpath", "create"]],
      ["symlinkat", ["linkpath", "create"]],
      ["link", ["newpath", "create"]],
      ["linkat", ["newpath", "create"]],
      ["rmdir", ["path", "remove"]],
      ["unlink", ["path", "remove"]],
      ["unlinkat", ["name", "remove"]],
      ["rename", ["oldpath", "rename"], ["newpath", "rename"]],
      ["renameat", ["oldpath", "rename"], ["newpath", "rename"]],
      ["renameat2", ["oldpath", "rename"], ["newpath", "rename"]],
      ["chmod", ["filename", "mode"]],
      ["fchmodat", ["filename", "mode"]],
      ["chown", ["path", "mode"]],
      ["lchown", ["path", "mode"]],
      ["fchownat", ["pathname", "mode"]],
    ] satisfies readonly (readonly [Name, ...(readonly [string, How])[]])[]
  ).map(([name, ...paths]) => [codes[name], paths.map(([path, how]) => [eventPath(codes[name], path), how] as const)]),
);

const opens: ReadonlySet<number> = new Set([codes.open, codes.openat, codes.openat2, codes.open_by_handle_at]);
const ofDescriptor: ReadonlySet<number> = new Set([codes.fchmod, codes.fchown]);

const CREAT = flag("file_flags", "O_CREAT");
const CREATED = flag("file_flags", "O_F_CREATED");
const WRITE = flag("file_flags", "O_WRONLY");
const TRUNCATE = flag("file_flags", "O_TRUNC");
const DIRECTORY = flag("file_flags", "O_DIRECTORY");
const TEMPORARY = flag("file_flags", "O_TMPFILE");

/** System calls and kernel events that tell what is learned of files. */
export const fileHooks: readonly string[] = [
  ...["execve", "execveat", "open", "openat", "openat2", "creat", "open_by_handle_at", "mkdir", "mkdirat", "mknod"],
  ...["mknodat", "symlink", "symlinkat", "link", "linkat", "rmdir", "unlink", "unlinkat", "rename", "renameat"],
  ...["renameat2", "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "bind"],
];

/** Tells what an event that came through did to files. */
export function fileDeeds(event: SyscallEvent, thread: Thread, deeds: FileDeeds): void {
  const { code, result } = event;
  if (typeof result !== "number" || result < 0) return;
  if (opens.has(code)) {
    openDeeds(event, deeds);
    return;
  }
  if (code === codes.execve || code === codes.execveat) {
    deeds.executed(thread.exePath, layerOf(thread));
    return;
  }
  const { descriptor } = event;
  if (code === codes.creat) {
    if (descriptor !== undefined) deeds.written(descriptor.reached ?? descriptor.name, "create", descriptor.overlay);
    return;
  }
  if (ofDescriptor.has(code)) {
    if (descriptor?.kind === "file" || descriptor?.kind === "directory")
      deeds.written(descriptor.name, "mode", descriptor.overlay);
    return;
  }
  if (code === codes.bind) {
    const address = socketAddressAt(event, 1);
    // An abstract one begins with a zero and is in no folder.
    if (address?.kind === "unix" && address.path !== "" && !address.path.startsWith("\0")) {
      const { cwd } = thread.process;
      deeds.written(address.path.startsWith("/") ? address.path : `${cwd}${address.path}`, "create", undefined);
    }
    return;
  }
  const changed = changes.get(code);
  if (changed === undefined) return;
  for (const [path, how] of changed) {
    const whole = wholePath(event, path);
    if (whole !== undefined) deeds.written(whole, how, undefined);
  }
}

/** Where the program that a thread runs lies. */
export function layerOf(thread: Thread): "lower" | "upper" | "memfd" | undefined {
  if (thread.exeFromMemfd) return "memfd";
  if (thread.exeUpperLayer) return "upper";
  return thread.exeLowerLayer ? "lower" : undefined;
}

function openDeeds(event: SyscallEvent, deeds: FileDeeds): void {
  const { descriptor } = event;
  if (descriptor === undefined) return;
  const flags = u32At(event, openFlagsAt[event.code] as number) ?? 0;
  const { overlay } = descriptor;
  // Links followed, where the sensor tells.
  const name = descriptor.reached ?? descriptor.name;
  // A file without a name, in the directory that was named.
  if ((flags & TEMPORARY) !== 0) {
    deeds.written(`${name}/`, "create", overlay);
    return;
  }
  if ((flags & (WRITE | TRUNCATE)) !== 0) deeds.written(name, "write", overlay);
  if ((flags & CREATED) !== 0 || (flags & CREAT) !== 0) deeds.written(name, "create", overlay);
  if ((flags & DIRECTORY) !== 0) return;
  deeds.opened(name, inodeOf(descriptor), overlay);
}

/** `DEVICE:INODE`; undefined where nothing tells. */
export function inodeOf(descriptor: {
  readonly device?: number | undefined;
  readonly inode?: bigint | undefined;
}): string | undefined {
  const { device, inode } = descriptor;
  return inode === undefined || inode === 0n || device === undefined ? undefined : `${device}:${inode}`;
}

const kernel = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** Of the kernel, and not of the image or a volume. */
export function isKernelPath(path: string): boolean {
  return kernel.test(path);
}
