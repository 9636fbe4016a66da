/** Passwords in the arguments of commands, by each client's manual. */
import type { ShellCommand } from "../../../engines/pipelines/model.ts";

export interface GivenPassword {
  /** `-p`, `PGPASSWORD`. */
  readonly option: string;
  /** It is written out. */
  readonly literal: boolean;
}

/** Clients of registries: a password in a variable is on the command line, too. */
const LOGINS: ReadonlySet<string> = new Set([
  "docker",
  "podman",
  "buildah",
  "skopeo",
  "crane",
  "helm",
  "oras",
  "nerdctl",
]);

/** Clients of databases → options with a password as the next word, options with it behind them. */
const CLIENTS: readonly (readonly [RegExp, readonly string[], readonly string[]])[] = [
  [/^sqlcmd$/, ["-P"], ["-P"]],
  [/^(?:mysql|mariadb)(?:dump|pump|admin|import|check)?$/, [], ["-p", "--password="]],
  [/^mongo(?:sh|dump|restore|import|export|stat)?$/, ["--password", "-p"], ["--password="]],
  [/^redis-cli$/, ["-a", "--pass"], []],
  [/^(?:curl|wget)$/, [], ["--password=", "--http-password="]],
];

const VARIABLES = /^(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|SSHPASS)$/;

export function passwordOf(command: ShellCommand): GivenPassword | undefined {
  const { program = "", arguments: words, assignments } = command;
  const texts = words.map(({ text }) => text);
  const exported = program === "export" ? texts.map((text) => text.split("=", 2)) : [];
  const set = [...assignments.map(({ name, value }) => [name, value.text]), ...exported];
  for (const [name = "", value = ""] of set) {
    if (VARIABLES.test(name) && isLiteral(value)) return { option: name, literal: true };
  }
  if (LOGINS.has(program) && texts.includes("login")) return loginPassword(texts);
  if (
    program === "sed" &&
    texts.some((text) => /s[/|#][^/|#]{1,256}[/|#][^/|#:$]{0,256}:[^$/|#@][^/|#@]{0,256}@/.test(text))
  ) {
    return { option: "sed", literal: true };
  }
  const [, next = [], joined = []] = CLIENTS.find(([programs]) => programs.test(program)) ?? [];
  for (const [at, text] of texts.entries()) {
    const value = next.includes(text) ? texts[at + 1] : undefined;
    if (value !== undefined && isLiteral(value)) return { option: text, literal: true };
    const option = joined.find((each) => text.startsWith(each) && text.length > each.length);
    if (option !== undefined && !text.startsWith("--p") && isLiteral(text.slice(option.length))) {
      return { option, literal: true };
    }
    if (option?.endsWith("=") === true && isLiteral(text.slice(option.length))) {
      return { option: option.slice(0, -1), literal: true };
    }
  }
  return undefined;
}

function loginPassword(texts: readonly string[]): GivenPassword | undefined {
  for (const [at, text] of texts.entries()) {
    const value = text === "-p" || text === "--password" ? texts[at + 1] : /^(?:--password=|-p=)(.*)$/s.exec(text)?.[1];
    if (value !== undefined) return { option: "-p", literal: isLiteral(value) };
  }
  return undefined;
}

function isLiteral(value: string): boolean {
  return value !== "" && !/^["']?[$<{]/.test(value) && !value.startsWith("-");
}
