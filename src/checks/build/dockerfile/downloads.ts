/** What curl, wget and their like fetch, and whether it is compared with something known. */
import type { CommandInstruction, PlacedCommand, ShellCommand, ShellWord } from "../../../engines/dockerfile/model.ts";

const downloaders = new Set(["curl", "wget", "aria2c", "fetch", "axel"]);
const sums =
  /^(?:sha[0-9]*sum|shasum|b2sum|b3sum|md5sum|cksum|rhash|gpgv|cosign|minisign|signify|slsa-verifier|digestif)$/;

export interface Download extends PlacedCommand {
  readonly instruction: CommandInstruction;
  readonly program: string;
  /** Words that hold a URL. */
  readonly urls: readonly ShellWord[];
}

/** Commands of RUN that fetch something. */
export function downloadsOf(commands: readonly PlacedCommand[]): Download[] {
  return commands.flatMap(({ command, instruction }) => {
    const { program } = command;
    if (instruction.keyword !== "RUN" || program === undefined || !downloaders.has(program)) return [];
    const urls = command.arguments.filter(({ text }) => /^(?:--url=)?(?:https?|ftp):\/\//i.test(text));
    return [{ command, instruction, program, urls }];
  });
}

/** Whether the command compares a file with a checksum or a signature. */
export function verifies({ program = "", arguments: words }: ShellCommand): boolean {
  const has = (...texts: readonly string[]): boolean => words.some(({ text }) => texts.includes(text));
  if (sums.test(program)) return true;
  switch (program) {
    case "gpg":
    case "gpg2":
      return has("--verify", "--verify-files", "--decrypt", "-d");
    case "openssl":
      return has("dgst", "cms", "smime", "sha256");
    case "rpm":
    case "rpmkeys":
      return has("-K", "--checksig");
    case "gh":
      return has("attestation");
    default:
      return false;
  }
}

/** Whether the URL leads to this machine, or to a name that is known only within a network. */
export function isLocal(url: string): boolean {
  const host = /^[a-z]+:\/\/(?:[^/@\s]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1] ?? "";
  return (
    /^(?:localhost|127\.[0-9.]+|0\.0\.0\.0|\[::1?\]|169\.254\.[0-9.]+)$/i.test(host) ||
    /\.(?:local|localhost|internal|test)$/i.test(host) ||
    !/[.$]/.test(host)
  );
}
