import { join, resolve } from "node:path";
import { findDockerfiles } from "../../collect/tree/base-images.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { isThere, writeNew } from "../../engines/files/write.ts";
import { knownWord } from "../known-word.ts";
import { automations, type Build, type ConfigurationFile, configurationOf, isPlainPath } from "./automation.ts";
import type { Print } from "./base-known.ts";

/**
 * `bulkhead image base --automate SERVICE [DIR]`: prints the configuration, or writes it where nothing is yet. Exit code 3
 * where a Dockerfile was left out.
 */
export function automateRebuilds(service: string, dir: string, write: boolean, print: Print): ExitCode {
  const automation = knownWord(service, automations, { place: `--automate ${service}`, what: "service" });
  const root = resolve(dir);
  const found = findDockerfiles(root);
  const builds: Build[] = [];
  let leftOut = 0;
  for (const { path, images, problem } of found) {
    if (!isPlainPath(path)) {
      leftOut += 1;
      note(`${path} is left out: unsafe characters in its path`);
      continue;
    }
    if (problem !== undefined) {
      note(`${path}: ${problem}`);
      if (images.length === 0) leftOut += 1;
    }
    builds.push({ dockerfile: path, images });
  }
  if (builds.length === 0) {
    throw usageProblem(dir, "no Dockerfile found that can be built", "name the root of a repository");
  }
  const files = configurationOf(automation, builds);
  if (write) for (const file of files) writeConfiguration(root, file, print);
  else for (const { path, text } of files) print(files.length === 1 ? text : `# ${path}\n${text}`);
  if (!write) note(`${files.map(({ path }) => path).join(", ")} not written (use --write)`);
  return leftOut > 0 ? 3 : 0;
}

/** What is there stays: it may hold what nobody here knows of. */
function writeConfiguration(root: string, { path, text }: ConfigurationFile, print: Print): void {
  const at = join(root, path);
  if (isThere(at)) {
    throw new Problem({
      ...{ kind: "usage", code: "cli.exists", place: at, cause: "file already exists" },
      remedy: "run without --write and merge the output",
    });
  }
  writeNew(at, text, { within: [root], folders: true });
  print(`${printable(at)}\n`);
}

function note(text: string): void {
  process.stderr.write(`bulkhead: ${printable(text)}\n`);
}
