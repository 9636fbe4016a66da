/**
 * Where scripts write to the files that set variables and PATH of later steps ("Workflow commands", environment files), and
 * whether what they write may be an attacker's. Scripts are read line by line: enough for redirections and pipes.
 */
import { isPosixShell, isPowerShell } from "./steps.ts";

export interface EnvironmentWrite {
  readonly file: "GITHUB_ENV" | "GITHUB_PATH";
  /** Where it stands in the script. */
  readonly offset: number;
  /** What is written, as it stands; empty where it is not on the line. */
  readonly written: string;
  /** It is text that stands in the script, and no value. */
  readonly isFixed: boolean;
}

const FILES = ["GITHUB_ENV", "GITHUB_PATH"] as const;

/** @param program - the shell, as `shellOf` has it; absent: it is computed, and taken for bash */
export function environmentWrites(script: string, program: string | undefined): EnvironmentWrite[] {
  const ofLine = readerOf(program);
  if (ofLine === undefined) return [];
  const writes: EnvironmentWrite[] = [];
  for (const line of joinedLines(script, isPowerShell(program) ? "`" : "\\")) {
    for (const file of FILES) {
      if (!line.text.toUpperCase().includes(file)) continue;
      const found = ofLine(line.text, file);
      if (found !== undefined) writes.push({ file, offset: line.start, ...found });
    }
  }
  return writes;
}

type LineReader = (line: string, file: string) => Pick<EnvironmentWrite, "written" | "isFixed"> | undefined;

function readerOf(program: string | undefined): LineReader | undefined {
  if (program === undefined || isPosixShell(program)) return posixWrite;
  if (isPowerShell(program)) return powerShellWrite;
  if (program === "cmd") return cmdWrite;
  return program.startsWith("python") || program === "node" ? codeWrite : undefined;
}

interface JoinedLine {
  readonly text: string;
  readonly start: number;
}

/** Lines that a mark at their end continues are one. */
function joinedLines(script: string, mark: string): JoinedLine[] {
  const lines: { text: string; start: number }[] = [];
  let start = 0;
  let continues = false;
  for (const text of script.split("\n")) {
    const last = lines.at(-1);
    const kept = text.trimEnd();
    const isContinued = kept.endsWith(mark);
    const body = isContinued ? `${kept.slice(0, -1)} ` : text;
    if (continues && last !== undefined) last.text += body;
    else lines.push({ text: body, start });
    continues = isContinued;
    start += text.length + 1;
  }
  return lines;
}

/** `> "$GITHUB_ENV"`, `>>${GITHUB_ENV}`, `tee -a $GITHUB_ENV`. */
function posixWrite(line: string, file: string): ReturnType<LineReader> {
  const code = withoutComment(line);
  const at = variableAt(code, [`$${file}`, `\${${file}}`]);
  if (at < 0) return undefined;
  const before = code.slice(0, at).trimEnd().replace(/["']$/, "").trimEnd();
  if (before.endsWith(">")) {
    const command = lastCommand(before.replace(/[0-9]?>{1,2}$/, ""));
    return { written: command.trim(), isFixed: isFixedEcho(command) };
  }
  const call = lastCommand(before);
  if (!/(?:^|\s)tee(?:\s|$)/.test(call)) return undefined;
  const fed = before.slice(0, before.length - call.length).replace(/\|$/, "");
  const command = lastCommand(fed);
  return { written: command.trim(), isFixed: isFixedEcho(command) };
}

/** The variable itself, and none whose name only begins with it. */
function variableAt(code: string, forms: readonly string[]): number {
  for (const form of forms) {
    for (let at = code.indexOf(form); at >= 0; at = code.indexOf(form, at + 1)) {
      const next = code.charAt(at + form.length);
      if (form.endsWith("}") || !/[A-Za-z0-9_]/.test(next)) return at;
    }
  }
  return -1;
}

/** What stands behind the last separator that no quotes hold. */
function lastCommand(code: string): string {
  let start = 0;
  let quote = "";
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    const character = code.charAt(at);
    const behind = expressionEnd(code, at);
    if (behind !== undefined) at = behind - 1;
    else if (character === "\\" && quote !== "'") at++;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0 && (character === ";" || character === "|" || character === "&")) start = at + 1;
  }
  return code.slice(start);
}

/** Behind the expression that begins here, whose quotes are none of the shell's. */
function expressionEnd(code: string, at: number): number | undefined {
  if (!code.startsWith("${{", at)) return undefined;
  const close = code.indexOf("}}", at);
  return close < 0 ? undefined : close + 2;
}

/** `echo` or `printf` of words without a variable, a substitution or an expression in them. */
function isFixedEcho(command: string): boolean {
  const trimmed = command.trim();
  if (!/^(?:echo|printf)(?:\s|$)/.test(trimmed)) return false;
  let quote = "";
  for (let at = 0; at < trimmed.length; at++) {
    const character = trimmed.charAt(at);
    if (character === "$" && trimmed.startsWith("${{", at)) return false;
    if (quote === "'") {
      if (character === "'") quote = "";
    } else if (character === "\\") at++;
    else if (character === "$" || character === "`") return false;
    else if (quote === '"') {
      if (character === '"') quote = "";
    } else if (character === '"' || character === "'") quote = character;
  }
  return true;
}

function withoutComment(line: string): string {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const behind = expressionEnd(line, at);
    if (behind !== undefined) at = behind - 1;
    else if (character === "\\" && quote !== "'") at++;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "#" && (at === 0 || /\s/.test(line.charAt(at - 1)))) return line.slice(0, at);
  }
  return line;
}

/** `>> $env:GITHUB_ENV`, `| Out-File -FilePath $env:GITHUB_ENV -Append`; names ignore case. */
function powerShellWrite(line: string, file: string): ReturnType<LineReader> {
  const code = withoutComment(line);
  const lowered = code.toLowerCase();
  const at = variableAt(lowered, [`$env:${file.toLowerCase()}`, `\${env:${file.toLowerCase()}}`]);
  if (at < 0) return undefined;
  const before = code.slice(0, at).trimEnd().replace(/["']$/, "").trimEnd();
  if (before.endsWith(">")) {
    const command = before.replace(/>{1,2}$/, "");
    return { written: command.trim(), isFixed: isFixedPowerShell(command) };
  }
  if (!/(?:^|[\s|;(])(?:out-file|add-content|set-content|tee-object|ac|sc)\s/i.test(lowered)) return undefined;
  const value = code.slice(0, at).includes("|") ? code.slice(0, code.lastIndexOf("|", at)) : code;
  return { written: value.trim(), isFixed: value.includes("|") ? false : isFixedPowerShell(value) };
}

function isFixedPowerShell(command: string): boolean {
  const trimmed = command.trim().replace(/^(?:echo|write-output)\s+/i, "");
  return /^'[^'`]*'$/.test(trimmed) || /^"[^"$`(]*"$/.test(trimmed);
}

/** `>> %GITHUB_ENV%`. */
function cmdWrite(line: string, file: string): ReturnType<LineReader> {
  const at = line.toUpperCase().indexOf(`%${file}%`);
  if (at < 0 || /^\s*(?:rem\s|::)/i.test(line)) return undefined;
  const before = line.slice(0, at).trimEnd().replace(/"$/, "").trimEnd();
  if (!before.endsWith(">")) return undefined;
  const command = `${before.replace(/>{1,2}$/, "")}${line.slice(at + file.length + 2)}`;
  return { written: command.trim(), isFixed: !/[%!]|\$\{\{/.test(command) };
}

/** Code that opens the file: what it writes is not looked into. */
function codeWrite(line: string, file: string): ReturnType<LineReader> {
  return line.includes(file) && /open\(|appendFile|writeFile|environ|process\.env/.test(line)
    ? { written: line.trim(), isFixed: false }
    : undefined;
}
