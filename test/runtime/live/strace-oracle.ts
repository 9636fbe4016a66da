/**
 * Which packages a script loads, found out without anything of the program: strace tells what was opened and run in the
 * image's own root, dpkg says whose it is, Python says what its bytecode was made of.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @param root - the image's file system, mounted */
export function packagesByStrace(root: string, script: string, folder: string): ReadonlySet<string> {
  const log = join(folder, "strace.log");
  // What needs a device or /proc is not in the scripts: the root is as the image has it.
  execFileSync(
    "strace",
    ["-f", "-e", "trace=execve,open,openat", "-o", log, "chroot", root, "timeout", "120", "bash", "-c", script],
    {
      stdio: "ignore",
    },
  );
  const opened = openedIn(readFileSync(log, "utf8")).filter((path) => !/^\/(?:proc|sys|dev)\//.test(path));
  const inside = (words: readonly string[], input: string): string =>
    spawnSync("chroot", [root, ...words], { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).stdout;
  const sources = inside(["python3", "-c", SOURCES], opened.join("\n")).split("\n");
  const found = new Set<string>();
  const names = [...new Set(sources)].filter(
    (path) => path !== "" && !/^\/usr\/share\/(?:doc|man|info|lintian)\//.test(path),
  );
  // Lists have files under the old names of merged folders too.
  const both = names.flatMap((path) => (path.startsWith("/usr/") ? [path, path.slice("/usr".length)] : [path]));
  for (const line of inside(["xargs", "-d", "\n", "dpkg-query", "--search"], both.join("\n")).split("\n")) {
    const [owners = "", path = ""] = line.split(": ", 2);
    if (!both.includes(path)) continue;
    for (const owner of owners.split(", ")) found.add(owner.replace(/:[a-z0-9]+$/, ""));
  }
  return found;
}

/** Links followed, bytecode to its source, files alone. */
const SOURCES = `
import importlib.util, os, sys
for path in sys.stdin.read().split("\\n"):
    path = os.path.realpath(path)
    if not os.path.isfile(path):
        continue
    if path.endswith(".pyc"):
        path = importlib.util.source_from_cache(path) if "__pycache__" in path else path[:-1]
    print(path)
`;

/** What succeeded: `123 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3`, `123 execve("/bin/sh", …) = 0`. */
function openedIn(log: string): string[] {
  const found = new Set<string>();
  let inside = false;
  for (const line of log.split("\n")) {
    const [, call = "", text = "", result = ""] =
      /^\d+ +(execve|openat|open)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)".* = (-?\d+)/.exec(line) ?? [];
    // Before that it is chroot(1) of the host; containers of the tests begin with timeout(1) too.
    if (call === "execve" && result === "0" && /\/timeout$/.test(text)) inside = true;
    if (inside && call !== "" && !result.startsWith("-") && text.startsWith("/")) found.add(text);
  }
  return [...found];
}
