/** What was meant by a first word that is no command: another tool's name for one, a slip, or the thing to scan itself. */
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { nearest } from "../core/nearest.ts";
import { type Problem, usageProblem } from "../core/problem.ts";

/** What others call ours. A name of a command of ours within a group needs no entry: `lint`, `audit`, `sbom`. */
const OTHERS: Readonly<Record<string, string>> = {
  analyze: "check",
  config: "check",
  dir: "check",
  filesystem: "check",
  fs: "check",
  ignore: "import-ignores",
  k8s: "cluster audit",
  kubernetes: "cluster audit",
  misconfig: "check",
  repo: "check",
  repository: "check",
  secret: "secrets scan",
};

/** Makes every group and the program itself say what was meant by a word that is no command of theirs. */
export function explainUnknownCommands(program: Command): void {
  for (const group of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    group.on("command:*", (words: readonly string[]) => {
      throw unknownCommand(program, group, words);
    });
  }
}

function unknownCommand(program: Command, group: Command, [word = "", ...rest]: readonly string[]): Problem {
  const path = group === program ? "" : `${group.name()} `;
  const found = group === program ? meantByProgram(program, word, rest) : meantByGroup(group, word);
  const all = `\`bulkhead ${path}--help\` lists the commands`;
  const remedy = found === undefined ? all : `did you mean ${found}?`;
  return usageProblem(`${path}${word}`, "unknown command", remedy);
}

function meantByProgram(program: Command, word: string, [first]: readonly string[]): string | undefined {
  const after = first === undefined ? "" : ` ${argument(first)}`;
  const lower = word.toLowerCase();
  if (lower === "scan") return quoted(first === undefined ? "check" : (commandFor(first) ?? `image scan${after}`));
  if (lower === "rootfs") return quoted(first === undefined ? "image scan dir:/" : `image scan dir:${argument(first)}`);
  const other = OTHERS[lower];
  if (other !== undefined) return quoted(`${other}${after}`);
  const within = program.commands.flatMap((group) =>
    group.commands.filter((command) => command.name() === lower).map(() => quoted(`${group.name()} ${lower}${after}`)),
  );
  if (within.length > 0) return within.join(" or ");
  const itself = commandFor(word);
  if (itself !== undefined) return quoted(itself);
  const near = nearest(
    word,
    program.commands.map((command) => command.name()),
  );
  if (near !== undefined) return quoted(near);
  // A bare word may be an image, and may be anything else.
  return /[/:]/.test(word) && IMAGE.test(word) ? quoted(`image scan ${argument(word)}`) : undefined;
}

function meantByGroup(group: Command, word: string): string | undefined {
  const names = group.commands.map((command) => command.name());
  const near = nearest(word, names);
  if (near !== undefined) return quoted(`${group.name()} ${near}`);
  const [first = ""] = names;
  const scans = names.includes("scan") ? "scan" : first;
  const takesPlaces = ["image", "secrets", "build", "workload"].includes(group.name());
  return takesPlaces && (existsSync(word) || IMAGE.test(word))
    ? quoted(`${group.name()} ${scans} ${argument(word)}`)
    : undefined;
}

/** Docker's grammar of references, without its finer points, and the schemes of files and stores. */
const IMAGE = /^(?:[a-z-]+:)?[A-Za-z0-9.[\]_/-]+(?::[\w.-]+)*(?:@[a-z0-9]+:[0-9a-f]+)?$/;

/** What scans a file or directory that is there; undefined where nothing is. */
function commandFor(place: string): string | undefined {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) {
    // The second is skopeo's dir:, as far as it shows without loading its reader.
    const has = (name: string) => existsSync(join(place, name));
    const isImage = has("oci-layout") || (has("version") && has("manifest.json"));
    return isImage ? `image scan ${argument(place)}` : `check ${argument(place)}`;
  }
  if (stat?.isFile() !== true) return undefined;
  const name = basename(place).toLowerCase();
  if (/^(?:docker|container)file|\.(?:docker|container)file$/.test(name)) return `build lint ${argument(place)}`;
  return /\.ya?ml$/.test(name) ? `workload audit ${argument(place)}` : `image scan ${argument(place)}`;
}

function quoted(command: string): string {
  return `\`bulkhead ${command}\``;
}

/** Whoever pastes a proposal runs it in a shell. */
function argument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith("-") ? text : "TARGET";
}
