/** What a package's own manifest says: its name, what runs when it is installed, what is imported first. */
import type { InstallScript } from "../model.ts";

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly installScripts: readonly InstallScript[];
  /** Files that run when it is installed, beyond what its scripts name. */
  readonly installFiles: readonly string[];
  /** Files that are imported first; undefined where every file may be. */
  readonly entries: readonly string[] | undefined;
  readonly dependencies: readonly string[];
  /** Dependencies that are fetched from a URL: where in the manifest. */
  readonly remote: readonly { readonly name: string; readonly url: string }[];
  /** The manifest's file, and its text. */
  readonly path: string;
  readonly text: string;
}

/** What the registry or the lockfile says; what is absent is not compared. */
export interface ExpectedManifest {
  readonly name?: string;
  readonly version?: string;
  /** `postinstall` → command. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly string[];
}

/** Scripts that npm runs for a dependency; `prepare` only where it comes from git. */
export const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"] as const;

/** What the archive says otherwise: npm does not hold what it is told at publication against what is in the archive. */
export function mismatches(
  manifest: Manifest,
  expected: ExpectedManifest,
  normalized: (name: string) => string,
): string[] {
  const found: string[] = [];
  const differ = (what: string, here: string | undefined, there: string | undefined): void => {
    if (here !== undefined && there !== undefined && here !== there)
      found.push(`${what}: ${here} in the archive, ${there} expected`);
  };
  const name = (text: string | undefined) => (text === undefined ? undefined : normalized(text));
  differ("name", name(manifest.name), name(expected.name));
  differ("version", manifest.version, expected.version);
  if (expected.scripts !== undefined) {
    const own = new Map(manifest.installScripts.map((script) => [script.name, script.command]));
    for (const each of INSTALL_SCRIPTS) {
      const [here, there] = [own.get(each), expected.scripts[each]];
      if (here === there) continue;
      if (there === undefined) found.push(`script ${each}: only in the archive`);
      else if (here === undefined) found.push(`script ${each}: missing in the archive`);
      else found.push(`script ${each}: another command in the archive`);
    }
  }
  if (expected.dependencies !== undefined) {
    const known = new Set(expected.dependencies.map(normalized));
    const own = new Set(manifest.dependencies.map(normalized));
    for (const each of own) if (!known.has(each)) found.push(`dependency ${each}: only in the archive`);
    for (const each of known) if (!own.has(each)) found.push(`dependency ${each}: missing in the archive`);
  }
  return found.slice(0, MISMATCHES);
}

const MISMATCHES = 50;

/** The line, from 1, on which a text begins that the manifest holds; 1 where it does not. */
export function lineOf(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  return at < 0 ? 1 : lineAt(text, at);
}

export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let newline = text.indexOf("\n"); newline >= 0 && newline < at; newline = text.indexOf("\n", newline + 1))
    line += 1;
  return line;
}
