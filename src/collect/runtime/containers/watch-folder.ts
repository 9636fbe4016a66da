/** Directories in which a runtime makes one entry a container. */
import { existsSync, watch } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { HostFiles } from "./host-files.ts";

/** Milliseconds between two looks for a directory that is not there yet: a runtime makes its own with its first container. */
const LOOK = 2_000;

/**
 * Calls with the name of each entry that came or changed in one of the directories, until the signal. One that is not there is
 * waited for; one that is gone too.
 */
export async function watchFolders(
  files: HostFiles,
  paths: readonly string[],
  changed: (name: string, path: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(paths.map((path) => watchFolder(files, path, (name) => changed(name, path), signal)));
}

async function watchFolder(
  files: HostFiles,
  path: string,
  changed: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let before: string | undefined;
  while (!signal.aborted) {
    const real = files.find(path);
    if (real !== undefined) {
      // What came before it was watched; at the first time the list has it.
      if (before !== undefined) for (const name of await files.names(path, 10_000).catch(() => [])) changed(name);
      await watchThere(real, changed, signal);
    }
    before = path;
    await delay(LOOK, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Resolves when the directory is gone, cannot be watched, or the signal says so. */
function watchThere(real: string, changed: (name: string) => void, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  try {
    const watcher = watch(real, { persistent: false });
    const end = () => {
      watcher.close();
      resolve();
    };
    watcher.on("error", end);
    watcher.on("change", (_, name) => {
      if (name !== null) changed(String(name));
      if (!existsSync(real)) end();
    });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  } catch {
    // inotify has its limits; the lists are read again.
    resolve();
  }
  return promise;
}
