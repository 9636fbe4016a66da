import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

const downloaders = new Set(["curl", "wget", "fetch", "aria2c", "http", "https", "lwp-download"]);
const shells = new Set(["sh", "bash", "dash", "ash", "ksh", "zsh", "fish", "pwsh"]);
const interpreters = /^(?:python[0-9.]*|perl|ruby|node|nodejs|php|lua|deno|bun)$/;

/** Whether what comes in is run: `bash`, `sh -s -- x`, `python3 -`, and not `python3 -m json.tool`. */
function runsItsInput(command: ShellCommand): boolean {
  const { program = "" } = command;
  const words = command.arguments.map(({ text }) => text);
  if (shells.has(program)) {
    if (words.some((word) => /^-[a-z]*c$/.test(word))) return false;
    const [first] = operandsOf(command, ["-o", "-O", "--rcfile", "--init-file"]);
    return (
      words.some((word) => /^-[a-z]*s$/.test(word)) || first === undefined || first.text === "-" || isStdin(first.text)
    );
  }
  if (!interpreters.test(program)) return false;
  if (words.some((word) => /^-[a-zA-Z]*[cemrp]$/.test(word) || word.startsWith("--eval"))) return false;
  const [first] = operandsOf(command);
  return first === undefined || first.text === "-" || isStdin(first.text);
}

function isStdin(path: string): boolean {
  return path === "/dev/stdin" || path === "/proc/self/fd/0";
}

/** The commands whose output it runs as its script: `bash <(…)`, `sh -c "$(…)"`, `eval "$(…)"`. */
function* scriptsOf({ program = "", arguments: words }: ShellCommand): Generator<number> {
  const sourced = program === "." || program === "source";
  const runs = shells.has(program) || interpreters.test(program);
  if (!sourced && !runs && program !== "eval") return;
  const takesText = program === "eval" || sourced || words.some(({ text }) => /^-[a-z]*[ce]$/.test(text));
  for (const { expansions } of words) {
    for (const { kind, commands } of expansions) {
      if ((kind === "process" && program !== "eval") || (kind === "command" && takesText)) yield* commands;
    }
  }
}

/** For each command of an instruction, by its index, the one that runs what it writes, over any filters between. */
function runnersOf(commands: readonly ShellCommand[]): ReadonlyMap<number, ShellCommand> {
  const runners = new Map<number, ShellCommand>();
  for (const command of commands) {
    for (const index of scriptsOf(command)) if (!runners.has(index)) runners.set(index, command);
  }
  // A reader stands behind its writers, so from the end on it is known what becomes of its own output. All writers of
  // a group share their list of readers, which is looked through once.
  const ofReaders = new Map<readonly number[], ShellCommand | undefined>();
  for (const { index, pipedInto } of commands.toReversed()) {
    if (!ofReaders.has(pipedInto)) {
      const readers = pipedInto.flatMap((reader) => commands[reader] ?? []);
      const further = () => readers.flatMap((reader) => runners.get(reader.index) ?? [])[0];
      ofReaders.set(pipedInto, readers.find(runsItsInput) ?? further());
    }
    const runner = ofReaders.get(pipedInto);
    if (runner !== undefined) runners.set(index, runner);
  }
  return runners;
}

/** Scripts that are run as they come off the network. */
export const curlPipeShell = dockerfileCheck<"commands">({
  name: "curl-pipe-shell",
  title: "Downloads piped to a shell",
  severity: "high",
  withoutControl: "it is about how an image is built; the controls assess what was built and runs",
  documentation: {
    what: "Checks for `curl`, `wget` and their like whose output goes to a shell or another interpreter: through a pipe, over any filters, by `<(…)`, or by `$(…)` in `sh -c` and `eval`.",
    why: "What the server sends at the time of the build runs with the build's rights, and nothing says what it was. A taken-over server, a changed script, or a connection that breaks off half way decides what is in the image.",
    fix: "Download to a file, compare it with a checksum or a signature that stands in the Dockerfile, then run it. Better still, install a package of the distribution.",
    references: ["https://docs.docker.com/build/building/best-practices/", "https://slsa.dev/spec/v1.1/threats"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    const known = new Map<readonly ShellCommand[], ReadonlyMap<number, ShellCommand>>();
    for (const { command, instruction } of commands) {
      if (command.program === undefined || !downloaders.has(command.program)) continue;
      const runners = known.get(instruction.commands) ?? runnersOf(instruction.commands);
      known.set(instruction.commands, runners);
      const runner = runners.get(command.index);
      if (runner === undefined) continue;
      yield {
        subject: `${command.program} into ${runner.program ?? "a shell"}`,
        title: `${command.program} output is piped to ${runner.program ?? "a shell"} without verification`,
        range: command.range,
        stage: instruction.stage,
        fix: "download to a file, verify its checksum, then run it",
      };
    }
  },
});
