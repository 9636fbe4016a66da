/** What both checks of secrets say of one: at all the places of a file where it stands. */
import { counted } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { Severity } from "../../core/severity.ts";
import type { SecretFact, SecretsFound } from "../../engines/secrets/model.ts";

/** More places of one secret in one file are counted. */
const PLACES = 20;

/**
 * One finding a secret and path: it may stand there more than once.
 *
 * @param check - the check's id, which an exception may name in place of the rule
 */
export function* secretFindings(
  secrets: Iterable<SecretFact>,
  { check, fix, locate }: { readonly check: string; readonly fix: string; locate(secret: SecretFact): Location },
): Generator<FindingDraft> {
  for (const group of Map.groupBy(secrets, subjectOf).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const locations = [...new Map(group.map((each) => [placeOf(each), each])).values()];
    const seen = new Map<string, Location>();
    for (const each of locations.slice(0, PLACES)) {
      const written = each.dockerfile === undefined ? [] : [{ kind: "file" as const, ...each.dockerfile }];
      for (const location of [locate(each), ...written]) seen.set(JSON.stringify(location), location);
    }
    yield {
      subject: subjectOf(first),
      severity: severityOf(first),
      confidence: first.confidence,
      title: titleOf(
        first,
        group.every(({ hidden }) => hidden === true),
      ),
      locations: [...seen.values()] as unknown as FindingDraft["locations"],
      matches: { ids: [first.rule, check], path: first.path },
      fix: { kind: "instruction", text: fix },
      evidence: evidenceOf(first, group.length),
      references: [first.reference],
      // Of a password that may be guessed the fingerprint tells the place alone. One that everybody knows ranks low, and
      // another in its place does not.
      ...(first.fingerprint.startsWith("p") && first.wellKnown !== true ? { unrecorded: true as const } : {}),
    };
  }
}

/** Neither line nor commit nor layer: it stays the same when the file moves on. */
export function subjectOf({ rule, fingerprint, path }: SecretFact): string {
  return `${rule} ${fingerprint} in ${path}`;
}

/** Examples that everybody knows rank low and are not silent. */
function severityOf({ severity, wellKnown }: SecretFact): Severity {
  return wellKnown === true && severity !== "negligible" ? "low" : severity;
}

function titleOf(secret: SecretFact, hidden: boolean): string {
  const known = secret.wellKnown === true ? " (a test, an example or a placeholder)" : "";
  return `${secret.title} ${secret.redacted}${known}${hidden ? hiddenBy(secret) : ""}`;
}

function hiddenBy({ commit, layer }: SecretFact): string {
  if (layer !== undefined) return ", deleted or changed in a later layer";
  // Staged or stashed once: no commit has it.
  return commit === undefined ? ", only in Git objects" : ", deleted or changed in a later commit";
}

function evidenceOf(secret: SecretFact, count: number): Record<string, string> {
  const { rule, confidence, validity, line, commit } = secret;
  return {
    rule,
    confidence,
    ...(validity === "valid" ? { structure: "its checksum or structure holds" } : {}),
    ...(line === undefined ? {} : { line: String(line) }),
    ...(commit === undefined
      ? {}
      : { commit: commit.id, author: commit.author, committed: commit.date?.slice(0, 10) ?? "unknown" }),
    ...(count > 1 ? { places: String(count) } : {}),
  };
}

function placeOf({ line, column, offset, layer, commit }: SecretFact): string {
  return [layer, commit?.id, line ?? offset, column].join(" ");
}

/** What was searched, for who reads a pass. */
export function searched({ files, bytes, left = [] }: Omit<SecretsFound, "secrets">): Record<string, string> {
  const parts = left.map(({ what, files: of, bytes: size }) => `${what} (${counted(of, "file")}, ${sizeOf(size)})`);
  return {
    files: String(files),
    bytes: sizeOf(bytes),
    ...(parts.length === 0 ? {} : { "left out": parts.join(", ") }),
  };
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
