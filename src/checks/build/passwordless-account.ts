import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { digestOf } from "../findings/one-line.ts";
import { shippedRuns } from "./dockerfile/cleanup.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { optionWord } from "./dockerfile/options.ts";

function optionValue(command: ShellCommand, ...names: readonly string[]): string | undefined {
  const word = optionWord(command, ...names);
  if (word === undefined) return undefined;
  if (word.text.includes("=")) return word.text.slice(word.text.indexOf("=") + 1);
  return command.arguments[command.arguments.indexOf(word) + 1]?.text;
}

/** What the command does to the accounts, as the end of a sentence. */
function harm(command: ShellCommand): readonly [string, string] | undefined {
  const { program = "", arguments: words, redirections } = command;
  const written = redirections.some(
    ({ operator, target }) =>
      operator.startsWith(">") && /\/(?:passwd|shadow|sudoers(?:\.d\/[\w.-]+)?)$/.test(target.text),
  );
  const tees = program === "tee" || written || program === "sed";
  switch (program) {
    case "useradd":
    case "adduser":
    case "usermod":
      if (optionValue(command, "-u", "--uid") === "0") return [`${program} -u 0`, "another account has UID 0"];
      if (program !== "adduser" && ["", "''"].includes(optionValue(command, "-p", "--password") ?? "x")) {
        return [`${program} -p`, "an account has an empty password"];
      }
      return undefined;
    case "passwd":
      return words.some(({ text }) => text === "-d" || text === "--delete")
        ? ["passwd -d", "an account has an empty password"]
        : undefined;
    default: {
      const text = [...words.map((word) => word.text), ...redirections.flatMap(({ heredoc }) => heredoc ?? [])].join(
        "\n",
      );
      if (tees && /^[a-z_][\w-]*::?(?:x?:)?0:0:/im.test(text) && !/^root:/m.test(text)) {
        return ["passwd entry with number 0", "another account has UID 0"];
      }
      return undefined;
    }
  }
}

/** Accounts that are root, or become it, without a password. */
export const passwordlessAccount = dockerfileCheck<"commands">({
  name: "passwordless-account",
  title: "Passwordless root access",
  severity: "medium",
  documentation: {
    what: "Checks the stages that are in the image for accounts with root's number (`useradd -o -u 0`), accounts with an empty password (`passwd -d`, `useradd -p ''`), and `NOPASSWD` that is written for sudo. Not reported: those with a password that is locked.",
    why: "Anyone who takes over a process of the container, as whichever user, is root with one command.",
    fix: "Do what needs root before `USER`, and leave accounts without a way to log in: `useradd --system --no-create-home app`.",
    references: ["https://manpages.debian.org/useradd.8", "https://manpages.debian.org/sudoers.5"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction, stage } of shippedRuns(dockerfile, commands)) {
      const texts = [
        ...command.words.map(({ text }) => text),
        ...command.redirections.flatMap(({ heredoc }) => heredoc ?? []),
      ];
      const target = [
        ...command.redirections.map((one) => one.target.text),
        ...command.pipedInto.flatMap((index) => instruction.commands[index]?.words.map(({ text }) => text) ?? []),
        ...command.words.map(({ text }) => text),
      ];
      const sudoers =
        texts.some((text) => /\bNOPASSWD\b/.test(text)) && target.some((text) => text.includes("sudoers"));
      const found = sudoers ? (["NOPASSWD", "sudo does not ask for a password"] as const) : harm(command);
      if (found === undefined) continue;
      yield {
        subject: `${found[0]}: ${digestOf(command.words.map(({ text }) => text).join(" "))}`,
        title: `Passwordless root: ${found[1]}`,
        range: command.programWord?.range ?? command.range,
        stage,
        fix: "run root commands before USER, and create accounts without a login",
      };
    }
  },
});
