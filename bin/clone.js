/**
 * In a clone: the script of a command (script.js), made of the sources as the published one is, and taken as long as each of
 * their files is what it was. To find, read and link some thousand files takes longer than what most runs do.
 */
import { builtin } from "./builtin.js";
import { keep, readKept } from "./script.js";

const { statSync } = builtin("node:fs");
const { join } = builtin("node:path");
const { fileURLToPath, pathToFileURL } = builtin("node:url");

/** Milliseconds. While somebody works on the sources, no run makes scripts of them. */
const AT_REST_AFTER = 60_000;

/** What makes a script of the sources, and tells where packages are; from the root. */
const recipe = ["package.json", "tsconfig.json", "bin/clone.js", "scripts/command-script.ts"];

/**
 * @param root - URL of the clone, with a slash at its end
 * @param folder - ours, of the command; each clone has a file of its own in it
 * @param command - as daily.js names it
 * @returns where its script is kept, and what V8 compiles of it
 */
export function scriptOfClone(root, folder, command) {
  const place = fileURLToPath(root);
  const own = builtin("node:zlib").crc32(place);
  const name = join(folder, own.toString(16));
  return { place, command, own, path: `${name}.script`, code: `${name}.code` };
}

/** @returns the script as bytes; undefined where none is kept, or the sources have changed since */
export function readScript({ place, own, path }) {
  const bytes = readKept(path, own);
  if (bytes === undefined) return undefined;
  try {
    // The first line is a comment that lists the files.
    const files = JSON.parse(bytes.latin1Slice(2, bytes.indexOf("\n")));
    return files.every(([file, stamp]) => stampOf(join(place, file))?.text === stamp) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the script anew, unless the sources have changed just now. Without the bundler, which comes with the packages of
 * development, nothing is kept, and a run is only slower.
 *
 * @param atRestAfter - milliseconds since the last change
 */
export async function keepScript({ place, command, own, path }, atRestAfter = AT_REST_AFTER) {
  try {
    // biome-ignore lint/plugin: nothing of TypeScript is loaded here, to start fast.
    const before = Date.now() - atRestAfter;
    if (!recipe.every((file) => stampOf(join(place, file))?.changed < before)) return;
    const { commandScript, inAscii } = await import(pathToFileURL(join(place, "scripts/command-script.ts")).href);
    const { text, files } = await commandScript(place, [command], (file) => pathToFileURL(file).href);
    const stamps = [];
    for (const file of [...recipe, ...files]) {
      const stamp = stampOf(join(place, file));
      // What was read is what it is now only if it has not changed since before it was read.
      if (stamp === undefined || stamp.changed >= before) return;
      stamps.push([file, stamp.text]);
    }
    keep(path, own, Buffer.from(`//${inAscii(JSON.stringify(stamps))}\n${text}`, "latin1"));
  } catch {
    // As without the bundler.
  }
}

/** Its text changes whenever the file may have: the change time cannot be set back. */
function stampOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const { ino, size, mtimeMs, ctimeMs } = stat;
  return { text: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, changed: Math.max(mtimeMs, ctimeMs) };
}
