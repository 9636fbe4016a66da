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
  readonly source?: ScannerSource;
}

/** What a run's scanner is made of. */
export interface ScannerSource extends Omit<ScannerOptions, "rules" | "added"> {
  readonly policy: Pick<Policy, "secrets">;
  /** Of the tree under review. */
  readonly root: string;
  /** Files of rules that the caller named. */
  readonly files: readonly string[];
}

/** Raised when the engine's answer to the same bytes and rules changes. */
const ENGINE = 9;

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
    open: (path) => scanner().open(path),
    openBinary: (path) => scanner().openBinary(path),
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
  const named = loadGitleaksRules(files);
  const loaded: LoadedRules[] = [];
  for (const name of secrets.rules) loaded.push(gitleaksRulesOf(name, await readNamedByPolicy(name, root)));
  const added = loaded.flatMap(({ rules }) => rules);
  return {
    ...openSecretScanner({ ...options, rules: named.rules, added }),
    source: { policy: { secrets }, root, files, ...options },
    notes: [...named.notes, ...loaded.flatMap(({ notes }) => notes)],
  };
}

/** The same scanner once more, of files as they are now: whoever asks compares the keys. */
export async function openAgain({ policy, root, ...options }: ScannerSource): Promise<KeyedScanner> {
  return await openPolicyScanner(policy, root, options);
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
