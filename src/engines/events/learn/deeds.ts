/** What events tell, put down for the container that is at hand. */
import type { ConnectionDeeds } from "./connection-events.ts";
import type { ContainerRecord, Layer } from "./container.ts";
import { type FileDeeds, isKernelPath } from "./file-events.ts";

export interface Deeds extends FileDeeds, ConnectionDeeds {
  /** Whom the next ones are of. */
  record: ContainerRecord | undefined;
}

export function createDeeds(): Deeds {
  const deeds: Deeds = {
    record: undefined,
    opened(path, inode, layer) {
      if (deeds.record !== undefined) noteOpened(deeds.record, path, { inode, layer });
    },
    executed(path, layer) {
      const { record } = deeds;
      if (path === "") record?.missed("executables");
      const entry = path === "" ? undefined : record?.file("executables", path);
      if (entry === undefined) return;
      entry.count += 1;
      entry.layer = layer ?? entry.layer;
    },
    written(path, how, layer) {
      const { record } = deeds;
      if (record === undefined || isKernelPath(path)) return;
      if (!path.startsWith("/")) {
        record.missed("written");
        return;
      }
      const entry = record.file("written", path);
      if (entry === undefined) return;
      entry.count += 1;
      entry.layer = layer ?? entry.layer;
      entry.how ??= new Set();
      entry.how.add(how);
    },
    asked(protocol, address, port, sent) {
      const entry = deeds.record?.connection("out", protocol, address, port);
      if (entry === undefined) return;
      entry.count += 1;
      entry.sent ||= sent;
    },
    answered(protocol, address, port) {
      const heard = deeds.record?.port(protocol, port);
      if (heard !== undefined) heard.count += 1;
      const entry = deeds.record?.connection("in", protocol, address, port);
      if (entry === undefined) return;
      entry.count += 1;
      entry.sent = true;
    },
    listens(protocol, port, local) {
      const entry = deeds.record?.port(protocol, port);
      if (entry !== undefined) entry.local = (entry.local ?? true) && local;
    },
  };
  return deeds;
}

/** @param found - `open`: what a process was seen to have open already, by the kernel's own path */
export function noteOpened(
  record: ContainerRecord,
  path: string,
  found: { readonly inode: string | undefined; readonly layer: Layer | undefined; readonly open?: true },
): void {
  if (isKernelPath(path)) return;
  if (!path.startsWith("/")) {
    // What a descriptor is called that is no path is no file that was opened.
    if (!found.open) record.missed("opened");
    return;
  }
  const entry = record.file("opened", path);
  if (entry === undefined) return;
  if (found.open) entry.resolved = true;
  else entry.count += 1;
  entry.inode = found.inode ?? entry.inode;
  entry.layer = found.layer ?? entry.layer;
}
