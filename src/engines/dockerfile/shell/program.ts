/** Which program a simple command runs, once those that only run another are taken off. */
import type { ShellWord } from "../model.ts";

/** Programs that run the one behind them → their options that take the next word as value. */
const wrappers: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "sudo",
    ["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "--user", "--group", "--host", "--prompt", "--chdir"],
  ],
  ["doas", ["-u", "-C"]],
  ["env", ["-u", "-C", "-S", "--unset", "--chdir"]],
  ["exec", ["-a"]],
  ["command", []],
  ["builtin", []],
  ["time", ["-f", "-o", "--format", "--output"]],
  ["nice", ["-n", "--adjustment"]],
  ["ionice", ["-c", "-n", "-p"]],
  ["nohup", []],
  ["setsid", []],
  ["stdbuf", ["-i", "-o", "-e"]],
  ["timeout", ["-s", "-k", "--signal", "--kill-after"]],
  ["xargs", ["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"]],
  ["chroot", []],
  ["busybox", []],
  ["eatmydata", []],
  ["gosu", []],
  ["su-exec", []],
]);

/** Operands of its own that a wrapper takes before the program. */
const operands: ReadonlyMap<string, number> = new Map([
  ["timeout", 1],
  ["chroot", 1],
  ["gosu", 1],
  ["su-exec", 1],
]);

export interface Program {
  readonly program?: string;
  readonly programWord?: ShellWord;
  readonly arguments: readonly ShellWord[];
  readonly wrappers: readonly string[];
}

export function programOf(words: readonly ShellWord[]): Program {
  const taken: string[] = [];
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word === undefined) return lastWrapper(taken, words, at);
    if (!word.literal) return { programWord: word, arguments: words.slice(at + 1), wrappers: taken };
    const name = baseName(word.text);
    const valued = wrappers.get(name);
    if (valued === undefined) {
      return { program: name, programWord: word, arguments: words.slice(at + 1), wrappers: taken };
    }
    const behind = skipOptions(words, at + 1, name, valued);
    // A wrapper that runs nothing is itself the program: `exec`, `env`, `sudo -v`.
    if (behind >= words.length) {
      return { program: name, programWord: word, arguments: words.slice(at + 1), wrappers: taken };
    }
    taken.push(name);
    at = behind;
  }
}

function lastWrapper(taken: readonly string[], words: readonly ShellWord[], at: number): Program {
  return { arguments: words.slice(at), wrappers: taken };
}

function skipOptions(words: readonly ShellWord[], from: number, name: string, valued: readonly string[]): number {
  let at = from;
  while (at < words.length) {
    const text = words[at]?.text ?? "";
    if (text === "--") {
      at++;
      break;
    }
    if (name === "env" && /^[A-Za-z_]\w*=/.test(text)) at++;
    else if (name === "sudo" && /^[A-Za-z_]\w*=/.test(text)) at++;
    else if (text.startsWith("-") && text !== "-") at += valued.includes(text) ? 2 : 1;
    else break;
  }
  return at + (operands.get(name) ?? 0);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
