/**
 * A script that holds all that some commands need, run with what V8 compiled of it in earlier runs.
 *
 * Node's own compile cache holds of a file what V8 compiles when the file is read. What it compiles later, when a function is
 * first called, is most of a run's work, and is compiled anew in each; this keeps it, as it is at the end of a run.
 */
import { builtin } from "./builtin.js";

const { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = builtin("node:fs");
const { join } = builtin("node:path");
const v8 = builtin("node:v8");
const vm = builtin("node:vm");
const zlib = builtin("node:zlib");

/** Other trees, and other options, call other functions: what is kept is taken anew after an hour, with what was there before. */
const RENEWED_AFTER = 60 * 60 * 1_000;

/** What is older is of another version of Node or of the program, or soon made anew. */
const FORGOTTEN_AFTER = 90 * 24 * 60 * 60 * 1_000;

/** Before what V8 compiled: the CRC-32 of the script, and of what follows. */
const HEADER = 8;

/**
 * @param filename - the script's, as a stack trace names it
 * @param source - its bytes: one function, of `require`, `module` and `exports`, in ASCII
 * @param kept - path of the file that holds what V8 compiled; undefined: nothing is kept
 * @param folder - ours, of what else was compiled: what is old in it is removed when `kept` is written; may be undefined
 * @param run - is given what the script exports; what V8 compiled until it has ended is kept when the process exits
 */
export async function runScript({ filename, source }, { kept, folder }, run) {
  const own = zlib.crc32(source);
  const flags = v8.cachedDataVersionTag();
  const cachedData = kept === undefined ? undefined : readKept(kept, own);
  // Of bytes: it costs no decoding, and V8 holds it once.
  const script = new vm.Script(source.latin1Slice(), {
    filename,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const isTaken = cachedData !== undefined && script.cachedDataRejected !== true;
  const isKept = kept !== undefined && !(isTaken && isFresh(kept));
  // V8 throws away what it compiled of a function that is not called any more.
  if (isKept) v8.setFlagsFromString("--no-flush-bytecode");

  const module = { exports: {} };
  // As it is then: of what loads Node's modules, a run may make something else (src/cli/v8-flags.ts).
  script.runInThisContext()((name) => process.getBuiltinModule(name), module, module.exports);
  await run(module.exports);
  if (!isKept) return;
  process.once("exit", () => {
    v8.setFlagsFromString("--flush-bytecode");
    // Under other flags V8 would refuse it.
    if (v8.cachedDataVersionTag() === flags) keep(kept, own, script.createCachedData());
    if (folder !== undefined) forgetOld(folder);
  });
}

/**
 * V8 trusts what it is given. So it must be what was written, of this script, by this user.
 *
 * @param own - of what it was made, as 32 bits
 * @returns undefined where there is nothing that can be trusted
 */
export function readKept(path, own) {
  try {
    const { uid, mode } = lstatSync(path);
    if (!isOurs(uid, mode)) return undefined;
    const bytes = readFileSync(path);
    if (bytes.length <= HEADER || bytes.readUInt32LE(0) !== own) return undefined;
    const written = bytes.subarray(HEADER);
    return bytes.readUInt32LE(4) === zlib.crc32(written) ? written : undefined;
  } catch {
    return undefined;
  }
}

/** @param mode - of a file or folder; others must not be able to write to it */
export function isOurs(uid, mode) {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
}

function isFresh(path) {
  try {
    // biome-ignore lint/plugin: nothing of TypeScript is loaded here, to start fast.
    return Date.now() - statSync(path).mtimeMs < RENEWED_AFTER;
  } catch {
    return false;
  }
}

/** A run whose home is read-only or full is only slower the next time. */
export function keep(path, own, bytes) {
  const beside = `${path}.${process.pid}`;
  try {
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(own, 0);
    header.writeUInt32LE(zlib.crc32(bytes), 4);
    writeFileSync(beside, Buffer.concat([header, bytes]), { mode: 0o600 });
    renameSync(beside, path);
  } catch {
    rmSync(beside, { force: true });
  }
}

function forgetOld(folder) {
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // biome-ignore lint/plugin: nothing of TypeScript is loaded here, to start fast.
      if (entry.isFile() && Date.now() - statSync(path).mtimeMs > FORGOTTEN_AFTER) rmSync(path);
    }
  } catch {
    // Another process was removing the same.
  }
}
