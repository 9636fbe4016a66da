import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, wordsOf } from "./gitlab/parts.ts";
import { namesIn } from "./gitlab/variables.ts";

const PRINTS: ReadonlySet<string> = new Set(["echo", "printf"]);
const NO_KEYS: ReadonlySet<string> = new Set(["config", "known_hosts", "authorized_keys"]);

/** Keys that a command line holds on their way to a file. */
export const gitlabPrivateKeyPrinted = gitlabCheck({
  name: "gitlab-private-key-printed",
  title: "Private keys written by echo",
  severity: "low",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `echo` and `printf` of variables with the name of a private key, and of what goes into a key file of `.ssh`. Not reported: public keys, host keys and configuration. Severity: low.",
    why: "With debug tracing or `set -x` the log shows the command with the key in it.",
    fix: 'Keep the key as a variable of type file, and name that: `ssh-add "$SSH_PRIVATE_KEY"`.',
    references: [
      "https://docs.gitlab.com/ci/jobs/ssh_keys/",
      "https://docs.gitlab.com/ci/variables/#use-file-type-cicd-variables",
    ],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, commands, job } = one;
      if (!PRINTS.has(command.program ?? "")) continue;
      const key = command.arguments
        .flatMap(({ text }) => namesIn(text))
        .find((name) => /PRIVATE|_KEY/i.test(name) && !/PUBLIC|HOST/i.test(name));
      const targets = [command, ...command.pipedInto.flatMap((index) => commands[index] ?? [])].flatMap((each) => [
        ...each.redirections.map(({ target }) => target.text),
        ...(each === command ? [] : wordsOf(each)),
      ]);
      const file = targets
        .map((target) => /\.ssh\/([\w.-]{0,128})/.exec(target)?.[1])
        .find((each) => each !== undefined);
      if (key === undefined && (file === undefined || NO_KEYS.has(file) || file.endsWith(".pub"))) continue;
      yield {
        subject: key === undefined ? `.ssh/${file}` : `$${key}`,
        title: `${command.program} has ${key === undefined ? `the content of .ssh/${file}` : `$${key}`} in its command line`,
        place: commandPlace(one),
        job,
        fix: "keep the key as a variable of type file and name that",
      };
    }
  },
});
