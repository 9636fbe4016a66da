import type { PlacedCommand, ShellCommand, ShellWord, SourceRange } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { isSecretName } from "./dockerfile/secret-names.ts";

interface Given {
  /** How it is given, without the value. */
  readonly how: string;
  readonly range: SourceRange;
}

/** Values that say themselves that they are none: for builds that only want something to be set. */
const placeholder =
  /^(?:|[*!x]+|0|1|true|false|yes|no|on|off|none|null|nil|dummy\S*|fake\S*|placeholder\S*|unused|not(?:(?!used)\S)*used\S*|build\S*|example\S*|ignore\S*|disabled|ci|[<{].*)$/i;

/** `-pvalue` of these is a password (mysql(1)). */
const shortPassword =
  /^(?:mysql|mysqladmin|mysqldump|mysqlimport|mysqlcheck|mariadb|mariadb-admin|mariadb-dump|sshpass)$/;

/** These say how to ask, or that there is none. */
const noValue = /^--(?:disabled|no|empty|ask|prompt|require|skip|without|generate|random|force|allow)-/;

function isValue(word: ShellWord | undefined): word is ShellWord {
  return word?.literal === true && !placeholder.test(word.text);
}

function fromOptions({ program = "", arguments: words }: ShellCommand): Given | undefined {
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    const { text, literal, range } = word;
    const [, name, value = ""] = /^--((?:[a-z]+-)*(?:password|passwd|pass|token|secret))=(.*)$/s.exec(text) ?? [];
    const whole = { start: range.start, end: range.start, line: range.line, column: range.column };
    if (name !== undefined && literal && !placeholder.test(value)) return { how: `--${name}`, range: whole };
    if (
      /^--(?:[a-z]+-)*(?:password|passwd|pass|token)$/.test(text) &&
      !noValue.test(text) &&
      isValue(next) &&
      !next.text.startsWith("-")
    ) {
      return { how: text, range };
    }
    if (shortPassword.test(program) && literal && /^-p./.test(text) && !placeholder.test(text.slice(2))) {
      return { how: "-p", range: whole };
    }
    const user = program === "curl" && (text === "-u" || text === "--user" || text === "--proxy-user");
    if (user && isValue(next) && /^[^:]+:./.test(next.text)) return { how: text, range };
    const hashed = /^(?:useradd|usermod)$/.test(program) && (text === "-p" || text === "--password");
    if (hashed && isValue(next)) return { how: text, range };
  }
  return undefined;
}

function fromVariables({ program, assignments, arguments: words }: ShellCommand): Given | undefined {
  for (const { name, value, range } of assignments) {
    const { start, line, column } = range;
    if (isSecretName(name) && isValue(value)) {
      return { how: `the variable ${name}`, range: { start, end: start + name.length, line, column } };
    }
  }
  if (program !== "export") return undefined;
  for (const { text, literal, range } of words) {
    const [name = "", value = ""] = text.split("=", 2);
    if (literal && isSecretName(name) && !placeholder.test(value))
      return { how: `the variable ${name}`, range: { ...range, end: range.start + name.length } };
  }
  return undefined;
}

/** `echo root:value | chpasswd`, `echo value | passwd --stdin`, `chpasswd <<< root:value`. */
function fromInput({ command, instruction }: PlacedCommand): Given | undefined {
  const { program = "", programWord, pipedFrom, redirections } = command;
  if (programWord === undefined) return undefined;
  const takes =
    program === "chpasswd" ||
    program === "passwd" ||
    (program === "docker" && command.arguments.some(({ text }) => text === "--password-stdin"));
  if (!takes) return undefined;
  const writers = pipedFrom.flatMap((index) => instruction.commands[index] ?? []);
  const texts = [
    ...writers
      .filter((writer) => writer.program === "echo" || writer.program === "printf")
      .flatMap(({ arguments: words }) => words.map(({ text }) => text)),
    ...redirections.flatMap(({ operator, target, heredoc }) => (operator === "<<<" ? [target.text] : (heredoc ?? []))),
  ];
  const tells = texts.some((text) => {
    const value = program === "chpasswd" ? /^[^:]+:(.+)$/s.exec(text)?.[1] : text.startsWith("-") ? undefined : text;
    return (
      value !== undefined && !/[$`%]/.test(value.replace(/\$[0-9a-z]+\$.*/, "")) && !placeholder.test(value.trim())
    );
  });
  return tells ? { how: `what ${program} reads`, range: programWord.range } : undefined;
}

/** Passwords that stand in a command; the image's history shows every command. */
export const passwordInCommand = dockerfileCheck<"commands">({
  name: "password-in-command",
  title: "Hard-coded passwords in commands",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks for passwords and tokens that are hard-coded in a command: piped into `chpasswd` or `passwd`, behind `--password` and its like, `-p` of MySQL's programs, `-u user:…` of curl, `useradd -p`, and variables with the name of a secret. Not reported: what comes from a variable or a file; a value such as `dummy`. The value is never shown.",
    why: "The command stands in the Dockerfile, in the repository's history and in the image's, which `docker history` shows to everyone who can pull it. A login with such a password works in every container.",
    fix: "Mount the secret, `RUN --mount=type=secret,id=db …`, and read it from the file. Set no passwords for users of an image at all.",
    references: ["https://docs.docker.com/build/building/secrets/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const placed of commands) {
      const { command, instruction } = placed;
      const given = fromInput(placed) ?? fromOptions(command) ?? fromVariables(command);
      if (given === undefined) continue;
      const program = command.program ?? "the shell";
      yield {
        subject: `${program}: ${given.how}`,
        unrecorded: true,
        title: `Hard-coded password in a command: ${given.how}`,
        range: given.range.end > given.range.start ? given.range : (command.programWord?.range ?? given.range),
        stage: instruction.stage,
        fix: "mount the password with RUN --mount=type=secret and read the file",
      };
    }
  },
});
