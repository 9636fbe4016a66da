/** Files with secrets that a build copies or writes, and what becomes of them in later instructions. */

import { compileGlob } from "../../../core/glob.ts";
import { trimEndOf } from "../../../core/trim.ts";
import type {
  CommandInstruction,
  Instruction,
  ShellCommand,
  ShellWord,
  SourceRange,
  Stage,
  TransferInstruction,
} from "../../../engines/dockerfile/model.ts";
import { bounds } from "./bounds.ts";
import { operandsOf } from "./options.ts";
import { isSecretName, sensitiveFile } from "./secret-names.ts";

export interface SecretFile {
  /** Where it is in the stage's file system; a home folder is `~`. */
  readonly path: string;
  /** `an SSH key`. */
  readonly what: string;
  readonly certain: boolean;
  readonly by: "copied" | "written";
  /** As it is written, of a copy. */
  readonly written: string;
  readonly range: SourceRange;
  readonly instruction: TransferInstruction | CommandInstruction;
  /** The `rm` that takes it away, and the instruction that this is part of. */
  readonly removed?: { readonly range: SourceRange; readonly instruction: Instruction };
}

type Open = { -readonly [Key in keyof SecretFile]: SecretFile[Key] };

/**
 * Of one stage, in order. What a base image holds, or the stage below it, is not among them.
 *
 * @param seen - files of the build context with such names, which copies of their folders take along
 */
export function secretFiles({ instructions }: Stage, seen: readonly string[] = []): SecretFile[] {
  const files: Open[] = [];
  let folder: string | undefined = "/";
  for (const instruction of instructions) {
    if (instruction.keyword === "WORKDIR") {
      folder = resolved(folder, instruction.words[0]?.value);
    } else if (instruction.keyword === "COPY" || instruction.keyword === "ADD") {
      if (instruction.from === undefined && files.length < bounds.dockerfileSecretFiles) {
        files.push(...copied(instruction, folder), ...takenAlong(instruction, folder, seen));
      }
    } else if (instruction.keyword === "RUN") {
      for (const command of instruction.commands) {
        if (files.length < bounds.dockerfileSecretFiles) files.push(...writtenBy(command, instruction, folder));
        if (!/^(?:rm|shred|unlink)$/.test(command.program ?? "")) continue;
        const removes = removalBy(command, folder);
        for (const file of files) {
          if (file.removed === undefined && removes(file.path)) file.removed = { range: command.range, instruction };
        }
      }
    }
  }
  return files;
}

function copied(instruction: TransferInstruction, folder: string | undefined): Open[] {
  const { sources, destination } = instruction;
  return sources.flatMap((source): Open[] => {
    const text = source.value ?? source.text;
    const kind = /^[a-z+]+:\/\//i.test(text) ? undefined : sensitiveFile(text);
    const to = resolved(folder, destination.value);
    if (kind === undefined || to === undefined || isKeyring(to)) return [];
    const name = trimEndOf(text, "/").split("/").at(-1) ?? "";
    // A folder's files go into the destination; only a file keeps its name below one that ends with a slash.
    const intoFolder = sources.length > 1 || /\/$|^\.{1,2}$|\/\.$/.test(destination.value ?? "");
    const path = intoFolder ? `${to === "/" ? "" : to}/${name}` : to;
    return [{ path, ...kind, by: "copied", written: text, range: source.range, instruction }];
  });
}

/** Files that the copy of a folder brings, by where they are then. */
function takenAlong(instruction: TransferInstruction, folder: string | undefined, seen: readonly string[]): Open[] {
  const { sources, destination } = instruction;
  const to = resolved(folder, destination.value);
  if (to === undefined) return [];
  return sources.flatMap(({ value, range }) => {
    const from = resolved("/", value);
    if (from === undefined || from.startsWith("~") || sensitiveFile(from) !== undefined) return [];
    return seen.flatMap((file): Open[] => {
      const kind = sensitiveFile(file);
      const below =
        from === "/" ? `/${file}` : `/${file}`.startsWith(`${from}/`) ? `/${file}`.slice(from.length) : undefined;
      if (kind === undefined || below === undefined) return [];
      return [{ path: `${to === "/" ? "" : to}${below}`, ...kind, by: "copied", written: file, range, instruction }];
    });
  });
}

/** Where public keys of distributions go to. */
function isKeyring(path: string): boolean {
  return /^\/(?:etc\/(?:apt|apk|pki\/rpm-gpg)|usr\/share\/keyrings|usr\/local\/share\/ca-certificates|usr\/share\/ca-certificates)(?:\/|$)/.test(
    path,
  );
}

/** A secret that a command's output or copy puts into a file. */
function writtenBy(command: ShellCommand, instruction: CommandInstruction, folder: string | undefined): Open[] {
  const base = { certain: true, by: "written", written: "", range: command.range, instruction } as const;
  const secret = secretIn(command, instruction);
  if (secret === undefined) return [];
  if (command.program === "cp" || command.program === "install") {
    const [source, ...more] = operandsOf(command, ["-m", "-o", "-g", "--mode", "--owner", "--group"]);
    const to = more.at(-1);
    if (source === undefined || to === undefined || !isMounted(source.text, instruction)) return [];
    const path = resolved(folder, pathOf(to));
    return path === undefined || isTransient(path, instruction) ? [] : [{ ...base, path, what: secret }];
  }
  if (!/^(?:echo|printf|cat|envsubst|base64)$/.test(command.program ?? "")) return [];
  const readers = command.pipedInto.flatMap((index) => instruction.commands[index] ?? []);
  const tees = readers
    .filter(({ program }) => program === "tee")
    .flatMap((tee) => operandsOf(tee))
    .map(pathOf);
  const files = [command, ...readers.filter(({ program }) => program === "base64")]
    .flatMap(({ redirections }) => redirections)
    .filter(({ operator, descriptor = 1 }) => /^(?:>|>>|>\|)$/.test(operator) && descriptor === 1)
    .map(({ target }) => pathOf(target));
  return [...files, ...tees].flatMap((written): Open[] => {
    const path = resolved(folder, written);
    return path === undefined || isTransient(path, instruction) ? [] : [{ ...base, path, what: secret }];
  });
}

/** `$NPM_TOKEN`, or a file that a secret mount gives. */
function secretIn(command: ShellCommand, instruction: CommandInstruction): string | undefined {
  for (const word of command.arguments) {
    const variable = word.expansions.find(({ kind, name }) => kind === "parameter" && isSecretName(name ?? ""));
    if (variable?.name !== undefined) return `the value of ${variable.name}`;
    if (isMounted(word.text, instruction)) return "a secret of the build";
  }
  return undefined;
}

/** Whether the path is one that `--mount=type=secret` gives. */
function isMounted(path: string, { mounts }: CommandInstruction): boolean {
  return mounts.some(({ type, options }) => {
    if (type !== "secret") return false;
    const target = options.get("target") ?? `/run/secrets/${options.get("id") ?? ""}`;
    return path === target || path.startsWith("/run/secrets/");
  });
}

/** Folders that are no part of the layer: memory, and what is mounted. */
function isTransient(path: string, { mounts }: CommandInstruction): boolean {
  return (
    /^\/(?:dev|proc|run\/secrets)\//.test(path) ||
    mounts.some(({ options }) => {
      const target = options.get("target");
      return target !== undefined && (path === target || path.startsWith(`${target}/`));
    })
  );
}

function removalBy(command: ShellCommand, folder: string | undefined): (path: string) => boolean {
  const targets = operandsOf(command).flatMap((word) => {
    const target = resolved(folder, pathOf(word));
    if (target === undefined) return [];
    const matches = /[*?]/.test(target) && !word.quoted ? compileGlob(target) : undefined;
    return [(path: string) => target === path || path.startsWith(`${target}/`) || matches?.(path) === true];
  });
  return (path) => targets.some((takes) => takes(path));
}

/** With a home folder as `~`; undefined where another variable is in it. */
function pathOf({ text, expansions, literal }: ShellWord): string | undefined {
  if (literal) return text;
  const [only, ...more] = expansions;
  if (more.length > 0 || only?.kind !== "parameter" || only.name !== "HOME") return undefined;
  const rest = /^\$(?:HOME|\{HOME\})(\/.*)?$/.exec(text);
  return rest === null ? undefined : `~${rest[1] ?? ""}`;
}

/** The path from the root on, or from the home folder on, which is taken to be root's. */
export function resolved(folder: string | undefined, path: string | undefined): string | undefined {
  if (path === undefined || /\$/.test(path)) return undefined;
  const home = path.replace(/^\/root(?=\/|$)/, "~");
  if (!/^[/~]/.test(home) && folder === undefined) return undefined;
  const whole = /^[/~]/.test(home) ? home : `${folder}/${home}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const joined = parts.join("/");
  return joined.startsWith("~") ? joined : `/${joined}`;
}

/** Whether a copy of the path takes the file along. Patterns are taken to meet what they can. */
export function copiesPath(source: string, path: string): boolean {
  const from = resolved("/", source);
  if (from === undefined) return false;
  if (from === "/" || from === path || path.startsWith(`${from}/`)) return true;
  return /[*?]/.test(from) && compileGlob(from)(path);
}
