import { trimEndOf } from "../../core/trim.ts";
import type { CommandInstruction, ShellCommand } from "../../engines/dockerfile/model.ts";
import { type Download, downloadsOf, verifies } from "./dockerfile/downloads.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { optionWord } from "./dockerfile/options.ts";

const unpackers = new Set([
  "tar",
  "bsdtar",
  "unzip",
  "gunzip",
  "unxz",
  "xz",
  "bunzip2",
  "zstd",
  "gzip",
  "cpio",
  "7z",
  "7za",
]);
const runners = new Set(["sh", "bash", "ash", "dash", "java", "python", "python3", "node", "perl", "ruby", "php"]);
const installers = /^(?:dpkg|rpm|apt|apt-get|yum|dnf|apk|pip3?|gem|msiexec)$/;

/** The file that it writes, by its last part; absent where that is not to be told. */
function outputOf({ command, program, urls }: Download): string | undefined {
  const option = program === "wget" ? ["-O", "--output-document"] : ["-o", "--output", "--out"];
  const word = optionWord(command, ...option);
  const at = word === undefined ? -1 : command.arguments.indexOf(word);
  const equals = word?.text.startsWith("--") === true && word.text.includes("=") ? word.text.split("=")[1] : undefined;
  const redirected = command.redirections.find(
    ({ operator, descriptor }) => operator.startsWith(">") && descriptor !== 2,
  );
  const named = equals ?? (at === -1 ? undefined : command.arguments[at + 1]?.text) ?? redirected?.target.text;
  const path = named ?? urls[0]?.text.split(/[?#]/, 1)[0];
  const last = path === undefined ? undefined : trimEndOf(path, "/").split("/").at(-1);
  return last === undefined || last === "" || last === "-" ? undefined : last;
}

/** Whether the command unpacks, installs, runs, or makes runnable what the word names. */
function uses(command: ShellCommand, file: string): boolean {
  const { program = "", arguments: words } = command;
  const names = words.some(
    ({ text }) =>
      text === file ||
      text.endsWith(`/${file}`) ||
      (/^[\w./-]*\*\.[\w.]+$/.test(text) && file.endsWith(text.slice(text.lastIndexOf("*") + 1))),
  );
  if (program === file && command.programWord?.text.includes("/") === true) return true;
  if (!names) return false;
  if (program === "chmod")
    return words.some(({ text }) => /^(?:[ugoa]*\+[rwXst]*x|0?[1357][0-7]{2}|0?7[0-7]{2})/.test(text));
  return unpackers.has(program) || runners.has(program) || (installers.test(program) && program !== "rm");
}

/** What becomes of the download in the RUN: it is unpacked or run. */
function useOf(download: Download): ShellCommand | undefined {
  const { command, instruction } = download;
  const piped = command.pipedInto.flatMap((index) => instruction.commands[index] ?? []);
  const unpacked = piped.find(({ program = "" }) => unpackers.has(program));
  if (unpacked !== undefined) return unpacked;
  // What a pipe takes elsewhere was read by something that is no archive's or program's.
  if (piped.length > 0) return undefined;
  const file = outputOf(download);
  return file === undefined
    ? undefined
    : instruction.commands.slice(command.index + 1).find((other) => uses(other, file));
}

/** Archives and programs off the network that nothing compares with anything. */
export const unverifiedDownload = dockerfileCheck<"commands">({
  name: "unverified-download",
  title: "Downloads used without verification",
  severity: "medium",
  documentation: {
    what: "Checks for `curl` and `wget` whose file the same `RUN` unpacks, installs, runs or makes runnable, where neither that `RUN` nor a later one of the stage checks a checksum or a signature (`sha256sum -c`, `gpg --verify`, `cosign`, `minisign` and their like).",
    why: "Nothing says that the file is the one that was meant. A release that is exchanged, a taken-over server or mirror puts its own program into the image.",
    fix: 'Write the checksum into the Dockerfile and compare: `echo "$SHA256  tool.tar.gz" | sha256sum -c -`. `ADD --checksum=sha256:… URL FILE` does both.',
    references: ["https://docs.docker.com/reference/dockerfile/#add---checksum", "https://slsa.dev/spec/v1.1/threats"],
  },
  needs: { dockerfile: "partial", commands: "complete" },
  *detect({ commands }) {
    const verified = new Map<number | undefined, number>();
    for (const { command, instruction } of commands) {
      if (verifies(command)) verified.set(instruction.stage, instruction.range.start);
    }
    for (const download of downloadsOf(commands)) {
      const { command, program, urls } = download;
      const { stage, range }: CommandInstruction = download.instruction;
      if ((verified.get(stage) ?? -1) >= range.start) continue;
      const use = useOf(download);
      if (use === undefined) continue;
      const url = urls[0]?.text ?? "";
      const host = /^(?:--url=)?[a-z]+:\/\/(?:[^/@]*@)?([^/:?#]*)/i.exec(url)?.[1];
      const name = outputOf(download);
      yield {
        subject: [program, host, name].filter((one) => one !== undefined).join(" "),
        title: `${program} download${host === undefined || host === "" ? "" : ` from ${host}`} is used by ${use.program ?? "a command"} without verification`,
        range: command.programWord?.range ?? command.range,
        stage,
        fix: "verify the checksum in the same RUN: echo SHA256  FILE | sha256sum -c",
      };
    }
  },
});
