#!/usr/bin/env node
// Plain JavaScript that any Node since 14 reads, so that an old one can be told what it lacks.
import { builtin } from "./builtin.js";
import { keepScript, readScript, scriptOfClone } from "./clone.js";
import { daily, helping, helpScript, script } from "./daily.js";
import { isOurs, runScript } from "./script.js";

const { existsSync, lstatSync, mkdirSync, readFileSync } = builtin("node:fs");
const { dirname, join } = builtin("node:path");
const { fileURLToPath } = builtin("node:url");

const groups = /^(?:admission|build|cluster|db|image|network|policy|registry|runtime|secrets|trust|workload)$/;

// Of other words there may be any number: they have one folder.
function commandOf([first = "", second = ""], count) {
  if (count === 0 || (count === 1 && helping.test(first))) return "help";
  if (groups.test(first)) return /^[a-z]{2,12}$/.test(second) ? `${first}-${second}` : first;
  return /^(?:check|explain|verify|trace|sign|attest|vex)$/.test(first) ? first : "other";
}

/**
 * A folder for what is compiled, that nobody else can write to: whoever can, decides what runs.
 *
 * Each level is made by itself, since Node's own way of making several does not come to its end where the file system
 * refuses one as missing, as that of processes does.
 */
function madeFolder(path) {
  const missing = [];
  for (let level = path; !existsSync(level) && level !== dirname(level); level = dirname(level)) missing.unshift(level);
  try {
    for (const level of missing) makeUnlessThere(level);
    const { uid, mode } = lstatSync(path);
    return isOurs(uid, mode);
  } catch {
    return false;
  }
}

function makeUnlessThere(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was first.
    if (error.code !== "EEXIST") throw error;
  }
}

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `bulkhead: Bulkhead needs Node 24 or later, and this is ${process.versions.node}; in a clone run it with npx, which takes Node 24 from the lockfile\n`,
  );
  process.exitCode = 2;
} else {
  // What Node compiled is kept for the next start. Not in the shared temporary folder, where others could put it.
  // A folder for each command: V8 takes only what was compiled under its present flags, some of which commands set at different
  // times (src/cli/heap.ts), so that from a common folder each would throw out what the others need.
  const { isMainThread, workerData } = builtin("node:worker_threads");
  const command = isMainThread
    ? commandOf(process.argv.slice(2), process.argv.length - 2)
    : `thread-${workerData.task}`;
  const cache = process.env.XDG_CACHE_HOME || "";
  const folder = join(
    cache.startsWith("/") ? cache : join(builtin("node:os").homedir(), ".cache"),
    "bulkhead",
    "compiled",
    command,
  );
  const module = builtin("node:module");
  const { directory } = madeFolder(folder) ? module.enableCompileCache(folder) : {};
  // A run loads hundreds of files of its own: those of src/ in a clone, of code/ where it is published. Each is named whole,
  // from the file that imports it, so that nothing has to be looked for: this spares a fifth of the start.
  const own = [
    { folder: new URL("../src/", import.meta.url).href, suffix: ".ts", format: "module-typescript" },
    { folder: new URL("../code/", import.meta.url).href, suffix: ".js", format: "module" },
  ];
  module.registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = "" } = context;
      if (specifier.startsWith("node:")) return { url: specifier, format: "builtin", shortCircuit: true };
      const kind = own.find(({ folder, suffix }) => parentURL.startsWith(folder) && specifier.endsWith(suffix));
      if (kind === undefined || !specifier.startsWith(".")) return next(specifier, context);
      return { url: new URL(specifier, parentURL).href, format: kind.format, shortCircuit: true };
    },
  });
  // Elsewhere (NODE_COMPILE_CACHE) other programs keep theirs.
  const ours = directory === folder ? folder : undefined;
  const entry = new URL(import.meta.url);
  // Threads of a run begin here as well, so that they load what they need alike.
  if (!isMainThread) import("../src/cli/thread.ts");
  else if (command === "help" || daily.includes(command)) start(entry, { command, directory, ours });
  else import("../src/cli/run.ts").then(({ run }) => run(entry));
}

/**
 * Help, or a command of every day: as one script, where the program is published or has made one in an earlier run.
 *
 * @param directory - where Node keeps what it compiled; may be undefined
 * @param ours - the same, where nobody else keeps things; may be undefined
 */
function start(entry, { command, directory, ours }) {
  const published = fileURLToPath(new URL(`../${command === "help" ? helpScript : script}`, entry));
  if (existsSync(published)) {
    const kept = directory && join(directory, `${command}.code`);
    runScript({ filename: published, source: readFileSync(published) }, { kept, folder: ours }, ({ run }) =>
      run(entry),
    );
    return;
  }
  const clone =
    ours && command !== "help" && !isLookedInto() ? scriptOfClone(new URL("../", entry), ours, command) : undefined;
  const source = clone && readScript(clone);
  if (source !== undefined) {
    runScript({ filename: clone.path, source }, { kept: clone.code, folder: ours }, ({ run }) => run(entry));
    return;
  }
  import("../src/cli/run.ts").then(({ run }) => run(entry)).then(() => clone && keepScript(clone));
}

/** Whoever profiles or debugs wants to see the sources. */
function isLookedInto() {
  return process.execArgv.some((option) => /^--(?:cpu-prof|heap-prof|inspect|enable-source-maps)/.test(option));
}
