/** The scanner that commands use: the rules that are built in, and those that the caller brings. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { createFingerprinter, SHORTEST_KEY } from "../../engines/secrets/fingerprint.ts";
import type { SecretRule } from "../../engines/secrets/rule.ts";
import { secretRules } from "../../engines/secrets/rules/index.ts";
import { createSecretScanner, type SecretScanner } from "../../engines/secrets/scan.ts";

import { readNamedByPolicy } from "../policy/source.ts";
import { gitleaksRulesOf, type LoadedRules, loadGitleaksRules } from "./gitleaks.ts";

/** A scanner, and what tells its answers from those of another one: rules, engine, and whose fingerprints. */
export interface KeyedScanner {
  readonly scanner: SecretScanner;
  readonly key: string;
  /** How it is opened again, in another thread: functions cannot be sent. */
  readonly source?: ReadSource;
}

/** What a run's scanner is made of. */
export interface ScannerSource extends Omit<ScannerOptions, "rules" | "added"> {
  readonly policy: Pick<Policy, "secrets">;
  /** Of the tree under review. */
  readonly root: string;
  /** Files of rules that the caller named. */
  readonly files: readonly string[];
}

/** And of all files that it was made of, a digest. */
export interface ReadSource extends ScannerSource {
  readonly digest: string;
}

/** Raised when the engine's answer to the same bytes and rules changes. */
const ENGINE = 10;

export interface ScannerOptions {
  /** Before those that are built in: where both find something at one place and are as sure, these are told. */
  readonly rules?: readonly SecretRule[];
  /** Behind them: they add, and take no other's place. */
  readonly added?: readonly SecretRule[];
  /** A file whose bytes key the fingerprints. */
  readonly fingerprintKey?: string;
}

export function openSecretScanner({ rules: more = [], added = [], fingerprintKey }: ScannerOptions = {}): KeyedScanner {
  const own = fingerprintKey === undefined ? undefined : readKey(fingerprintKey);
  const rules = [...more, ...secretRules, ...added];
  const key = createHash("sha256").update(JSON.stringify([ENGINE, rules.map(stateOf)]));
  if (own !== undefined) key.update(own);
  return {
    scanner: madeOnDemand(() => createSecretScanner({ rules, fingerprint: createFingerprinter(own) })),
    key: key.digest("hex").slice(0, 32),
  };
}

/** To compile the rules takes a tenth of a run of which all contents are known already. */
function madeOnDemand(make: () => SecretScanner): SecretScanner {
  let made: SecretScanner | undefined;
  const scanner = (): SecretScanner => {
    made ??= make();
    return made;
  };
  return {
    scan: (path, bytes) => scanner().scan(path, bytes),
    open: (path, window) => scanner().open(path, window),
    openBinary: (path, window) => scanner().openBinary(path, window),
    room: (of) => made?.room(of),
    versions: () => scanner().versions(),
  };
}

/**
 * The scanner of a run: with the rules of the files that its policy names. They only add, for the policy may be of the
 * tree under review.
 *
 * @param root - of the tree under review
 * @param files - of rules, which the caller names
 * @returns the notes say what of the files was left out
 * @throws Problem (usage) where a file cannot be read or a rule in it is broken
 */
export async function openPolicyScanner(
  { secrets }: Pick<Policy, "secrets">,
  root: string,
  { files = [], ...options }: Partial<Pick<ScannerSource, "files" | "fingerprintKey">> = {},
): Promise<KeyedScanner & { readonly notes: readonly string[] }> {
  const read = createHash("sha256");
  const told = (bytes: string | Buffer): void => {
    read.update(`${bytes.length} `).update(bytes);
  };
  const named = loadGitleaksRules(files, told);
  const loaded: LoadedRules[] = [];
  for (const name of secrets.rules) {
    const text = await readNamedByPolicy(name, root);
    told(text);
    loaded.push(gitleaksRulesOf(name, text));
  }
  const added = loaded.flatMap(({ rules }) => rules);
  const { fingerprintKey } = options;
  if (fingerprintKey !== undefined) told(readKey(fingerprintKey));
  return {
    ...openSecretScanner({ ...options, rules: named.rules, added }),
    source: { policy: { secrets }, root, files, ...options, digest: read.digest("hex") },
    notes: [...named.notes, ...loaded.flatMap(({ notes }) => notes)],
  };
}

/**
 * The same scanner once more, in another thread. What it is keyed by is not compared: a thread runs the modules of a program
 * whose first thread may run a script of them, and the text of a function is another there.
 *
 * @throws Error where the files that it is made of are others by now
 */
export async function openAgain({ policy, root, digest, ...options }: ReadSource): Promise<KeyedScanner> {
  const opened = await openPolicyScanner(policy, root, options);
  if (opened.source?.digest !== digest) throw new Error("the rules have changed");
  return opened;
}

/** All of a rule that an answer depends on; of its functions, their text. */
function stateOf(rule: SecretRule): unknown[] {
  const { validate, paths, pattern, expression, ...rest } = rule;
  return [rest, expression?.source, pattern.source, pattern.flags, validate?.toString(), paths?.toString()];
}

function readKey(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Problem({ kind: "usage", code: "secrets.key", place: file, cause: systemCause(error) });
  }
  if (bytes.length >= SHORTEST_KEY) return bytes;
  throw new Problem({
    kind: "usage",
    code: "secrets.key",
    place: file,
    cause: `the key has ${bytes.length} bytes: it is guessable`,
    remedy: `at least ${SHORTEST_KEY} random bytes`,
  });
}
