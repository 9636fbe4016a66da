/** Commands that install packages though nobody has signed them. */
import type { ShellCommand } from "../../../engines/dockerfile/model.ts";
import { hasOption } from "./options.ts";

/** Options by which each program installs what nobody has signed, from its manual. */
const options: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:apt|apt-get|aptitude)$/, ["--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"]],
  [/^(?:dnf|dnf5|yum|microdnf|tdnf)$/, ["--nogpgcheck", "--no-gpgchecks", "--nogpgchecks"]],
  [/^rpm$/, ["--nosignature", "--nodigest"]],
  [/^apk$/, ["--allow-untrusted"]],
  [/^zypper$/, ["--no-gpg-checks", "--no-gpgchecks"]],
];

/** The same in a file of configuration or an `-o`. */
const settings: readonly (readonly [RegExp, string])[] = [
  [/\btrusted=yes\b/i, "trusted=yes"],
  [/^Trusted: *yes\b/im, "Trusted: yes"],
  [/\bAllowUnauthenticated[\s"=]{1,8}(?:true|1|yes)\b/i, "AllowUnauthenticated"],
  [/\bAllowInsecureRepositories[\s"=]{1,8}(?:true|1|yes)\b/i, "AllowInsecureRepositories"],
  [/\bgpgcheck ?= ?(?:0|no|false)\b/i, "gpgcheck=0"],
];

/** What of the command has packages installed that nobody signed: `--allow-untrusted`, `trusted=yes`. */
export function unsignedSwitch(command: ShellCommand): string | undefined {
  const { program = "" } = command;
  const named = options.find(([programs]) => programs.test(program))?.[1].find((one) => hasOption(command, one));
  if (named !== undefined) return named;
  // What only looks for such a line does not write one.
  if (program === "grep" || program === "rm") return undefined;
  const texts = [
    ...command.words.map(({ text }) => text),
    ...command.redirections.flatMap(({ heredoc }) => heredoc ?? []),
  ];
  return settings.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
}
