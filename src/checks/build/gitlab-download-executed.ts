import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { verifies } from "./dockerfile/downloads.ts";
import { downloaders, interpreters, runnersOf, shells } from "./dockerfile/runners.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, wordsOf } from "./gitlab/parts.ts";
import { hostOf } from "./gitlab/urls.ts";

/** `echo "$(curl …)"`, which puts out what the command does. */
function printerOf({ index }: ShellCommand, commands: readonly ShellCommand[]): ShellCommand | undefined {
  return commands.find(
    (other) =>
      /^(?:echo|printf|cat)$/.test(other.program ?? "") &&
      other.arguments.some(({ expansions }) => expansions.some((piece) => piece.commands.includes(index))),
  );
}

/** What runs the file that the command writes, by its name. */
function runsFile(command: ShellCommand, commands: readonly ShellCommand[]): ShellCommand | undefined {
  const words = wordsOf(command);
  const at = words.findIndex((word) => /^(?:-o|-O|--output|--output-document)$/.test(word));
  const redirected = command.redirections.find(
    ({ operator, descriptor }) => operator.startsWith(">") && descriptor !== 2,
  );
  const file = redirected?.target.text ?? words[at + 1];
  if (file === undefined || file === "-" || (at < 0 && redirected === undefined)) return undefined;
  return commands
    .slice(command.index + 1)
    .find(
      (other) =>
        (shells.has(other.program ?? "") || interpreters.test(other.program ?? "")) &&
        other.arguments.some(({ text }) => text === file || `./${text}` === file || text === `./${file}`),
    );
}

/** Scripts that jobs run as they come off the network. */
export const gitlabDownloadExecuted = gitlabCheck({
  name: "gitlab-download-executed",
  title: "Downloads run without verification",
  severity: "high",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `curl`, `wget` and their like whose output goes to a shell or another interpreter, through a pipe, `<(…)` or `$(…)`; for a download that the same line runs; and for text that `base64 -d` pipes into a shell. Not reported: where a checksum or a signature is compared on the way. Severity: high.",
    why: "What the server sends at that moment runs with the token and the secrets of the job. A taken-over server or a changed script is enough.",
    fix: "Download to a file, compare it with a checksum that stands in the pipeline, then run it; or use an image that has the tool.",
    references: ["https://slsa.dev/spec/v1.1/threats", "https://docs.gitlab.com/ci/pipeline_security/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, commands, job } = one;
      const { program = "" } = command;
      const decodes = program === "base64" && wordsOf(command).some((word) => /^(?:-d|-D|--decode)$/.test(word));
      if (!decodes && !downloaders.has(program)) continue;
      if (commands.some(verifies)) continue;
      const runners = runnersOf(commands);
      const runner =
        runners.get(printerOf(command, commands)?.index ?? command.index) ??
        (decodes ? undefined : runsFile(command, commands));
      if (runner === undefined) continue;
      const host = command.arguments.map(({ text }) => hostOf(text)).find((each) => each !== undefined);
      yield {
        subject: [program, ...(host === undefined ? [] : [host]), "into", runner.program ?? "a shell"].join(" "),
        title: decodes
          ? `text that base64 decodes is run by ${runner.program ?? "a shell"}`
          : `what ${program} downloads${host === undefined ? "" : ` from ${host}`} is run by ${runner.program ?? "a shell"} without verification`,
        place: commandPlace(one),
        job,
        fix: "download to a file, compare its checksum, then run it",
      };
    }
  },
});
