/**
 * What a scanner is set to beside its options: by variables, and behind them by a file (trivy, "Configuration": options,
 * then variables, then the file; grype, "Configuration", the same).
 */
import { optionOf } from "./lifecycle/words.ts";

/** A scanner's own file, as far as it is flat: `scan.scanners` → `vuln,secret`. */
export type ScannerFile =
  | { readonly state: "absent" }
  | { readonly state: "unread"; readonly reason: string }
  | { readonly state: "read"; readonly values: ReadonlyMap<string, string> };

/** By the path relative to the repository's root. */
export type ScannerFiles = (path: string) => ScannerFile;

export interface ScannerSettings {
  /** What is set where it runs, as it is written. */
  readonly variables: ReadonlyMap<string, string>;
  /** Where it runs, relative to the repository's root; undefined: nobody knows. */
  readonly folder?: string;
  readonly files: ScannerFiles;
}

export const NO_SCANNER_FILES: ScannerFiles = () => ({ state: "absent" });
/** Of those that were read; what was not asked for is not there. */
export function filesOf(read: ReadonlyMap<string, ScannerFile>): ScannerFiles {
  return (path) => read.get(path) ?? { state: "absent" };
}
export const NO_SCANNER_SETTINGS: ScannerSettings = { variables: new Map(), folder: "", files: NO_SCANNER_FILES };

/** How a scanner finds them. */
export interface Configured {
  /** In front of an option's name in capitals: `TRIVY_`. */
  readonly prefix: string;
  /** Of a command, and the input of its action, that name the file. */
  readonly options: readonly string[];
  readonly input: string;
  /** Names of the file where nothing names one. */
  readonly files: readonly string[];
  /** Of its options the names in variables and in the file. */
  readonly names: Readonly<Record<string, readonly [variable: string, key: string]>>;
}

export interface Looked {
  readonly value?: string;
  /** Why nobody knows what it is set to. */
  readonly unknown?: string;
}

/** @param stated - the file that the call names; undefined: none */
export function lookedUp(
  option: string,
  { prefix, files, names }: Configured,
  stated: string | undefined,
  settings: ScannerSettings,
): Looked {
  const [variable, key] = names[option] ?? [];
  if (variable === undefined || key === undefined) return {};
  const set = settings.variables.get(`${prefix}${variable}`)?.trim();
  if (set !== undefined && set !== "") return { value: set };
  const named = stated ?? settings.variables.get(`${prefix}CONFIG`)?.trim();
  // An empty name is none: trivy then reads no file at all.
  if (named === "") return {};
  const paths = named === undefined ? files : [named];
  for (const path of paths) {
    const file = fileAt(path, named !== undefined, settings);
    if (file.state === "unread") return { unknown: file.reason };
    if (file.state === "absent") continue;
    const value = file.values.get(key);
    return value === undefined || value === "" ? {} : { value };
  }
  return {};
}

function fileAt(path: string, isNamed: boolean, { folder, files }: ScannerSettings): ScannerFile {
  const unread = (why: string): ScannerFile => ({ state: "unread", reason: `what ${path} sets is not known: ${why}` });
  if (/[$*`{]/.test(path)) return unread("its path is put together when it runs");
  if (path.startsWith("/") || path.startsWith("~")) return unread("it is outside the repository");
  if (folder === undefined) return isNamed ? unread("where it runs is not known") : { state: "absent" };
  const whole = within(folder, path);
  if (whole === undefined) return unread("it is outside the repository");
  const found = files(whole);
  return isNamed && found.state === "absent" ? unread("it is not in the repository") : found;
}

/** Undefined where it leads out of the root. */
function within(folder: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The file that a command names. @param words - behind the program */
export function namedFile({ options }: Configured, words: readonly string[]): string | undefined {
  return optionOf(words, ...options);
}

const ASSIGNMENT = /^["']?([A-Z][A-Z0-9_]*)=(.*)$/s;

/** With what stands in front of a command: `TRIVY_EXIT_CODE=1 trivy …`, `docker run -e TRIVY_EXIT_CODE=1 aquasec/trivy …`. */
export function settingsBefore(words: readonly string[], settings: ScannerSettings): ScannerSettings {
  const run = words.indexOf("run");
  const isContainer = run > 0 && /(?:^|\/)(?:docker|podman|nerdctl)$/.test(words[run - 1] ?? "");
  const own = isContainer ? new Map<string, string>() : new Map(settings.variables);
  for (const [at, word] of words.entries()) {
    const set = ASSIGNMENT.exec(word.replace(/^(?:-e|--env)=?(?=[A-Z])/, ""));
    if (set !== null) own.set(set[1] ?? "", (set[2] ?? "").replace(/["']$/, ""));
    // Handed on as it is.
    const name = /^(?:-e|--env)$/.test(words[at - 1] ?? "") && /^[A-Z][A-Z0-9_]*$/.test(word) ? word : undefined;
    const outer = name === undefined ? undefined : settings.variables.get(name);
    if (name !== undefined && outer !== undefined) own.set(name, outer);
  }
  if (!isContainer) return { ...settings, variables: own };
  const { folder: _, ...rest } = settings;
  return { ...rest, variables: own };
}

/** What a script exports for what follows in it. */
export function exportedBy(script: string): ReadonlyMap<string, string> {
  return assigned(script, /^[ \t]*export[ \t]+([A-Z][A-Z0-9_]*)=["']?([^"'\s;]*)/gm);
}

/** What a script of GitHub's sets for the steps after it ("Workflow commands", setting an environment variable). */
export function setForLater(script: string): ReadonlyMap<string, string> {
  return assigned(script, /\b([A-Z][A-Z0-9_]*)=([^"'\s]*)["']?\s*>>\s*["']?\$\{?GITHUB_ENV\b/g);
}

function assigned(script: string, pattern: RegExp): ReadonlyMap<string, string> {
  return new Map([...script.matchAll(pattern)].map(([, name = "", value = ""]) => [name, value]));
}
