/** From secrets that were found to evaluations; comments in the files may take findings out, or only be told. */

import { subjectOf } from "../../checks/findings/secret-finding.ts";
import { sourcesChecks } from "../../checks/lists/sources.ts";
import type { SourcesFacts } from "../../checks/subjects/tree.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, present } from "../../core/evidence.ts";
import { type Assessment, isExpired } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import { runChecks } from "../../core/runner.ts";
import type { FoundSecrets, SecretAllowance, SecretFact, SecretsFound } from "../../engines/secrets/model.ts";

export interface SecretsContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** The evaluations of a folder, a file, standard input or a history; none of a folder without files. */
export function evaluateCommitted(
  asset: Asset,
  found: FoundSecrets | Problem,
  { policy, now }: SecretsContext,
): Evaluation[] {
  // Where nothing is that could not be read either, there is nothing to judge.
  if (!(found instanceof Error) && found.found.files === 0 && found.gaps.length === 0) return [];
  const secrets = evidenceOf(found, now);
  const own = { asset, policy, now, assess: assessorOf(secrets, { policy, now }) };
  return runChecks<SourcesFacts>(sourcesChecks, { secrets }, own);
}

function evidenceOf(found: FoundSecrets | Problem, now: Date): Evidence<SecretsFound> {
  if (found instanceof Error) return absent({ code: found.code, reason: `${found.place}: ${found.message}` });
  return present(found.found, now.toISOString(), { gaps: found.gaps });
}

/**
 * A comment takes a finding out where it allows every place of it, gives a reason, and is in force. Under a trusted
 * policy the tree's author decides nothing: what their comments would have allowed is told, and counts.
 */
export function assessorOf(
  secrets: Evidence<Pick<SecretsFound, "secrets">>,
  { policy, now }: SecretsContext,
): (finding: FindingDraft) => Assessment | undefined {
  if (secrets.state === "absent") return () => undefined;
  const bySubject = Map.groupBy(
    secrets.facts.secrets.filter(({ allowed }) => allowed !== undefined),
    subjectOf,
  );
  if (bySubject.size === 0) return () => undefined;
  const every = Map.groupBy(secrets.facts.secrets, subjectOf);
  return ({ subject }) => {
    const allowed = bySubject.get(subject);
    const [first] = allowed ?? [];
    if (allowed === undefined || first?.allowed === undefined) return undefined;
    const comment = describe(first.allowed);
    if (policy.origin.kind === "trusted") return noted(`${comment} would allow it, but has no effect under --policy`);
    const open = every.get(subject)?.length !== allowed.length;
    if (open) return noted(`${comment} allows some of its places and not all`);
    const over = allowed.find((each) => isOver(each, now));
    if (over !== undefined) return noted(`${comment} allowed it until ${over.allowed?.until}`);
    return dismissed(first, first.allowed);
  };
}

function isOver({ allowed }: SecretFact, now: Date): boolean {
  return allowed?.until !== undefined && isExpired({ expires: allowed.until }, now);
}

function describe({ by, reason }: SecretAllowance): string {
  return `a comment (${by}:allow${reason === undefined ? ", without a reason" : `: ${reason}`})`;
}

function noted(note: string): Assessment {
  return { kind: "noted", note };
}

function dismissed({ path, line, column }: SecretFact, { by, reason, until }: SecretAllowance): Assessment {
  return {
    kind: "dismissed",
    exception: {
      reason: reason ?? `no reason given (${by}:allow)`,
      owner: "a comment in the file",
      ...(until === undefined ? {} : { expires: until }),
      source: { path, ...(line === undefined || column === undefined ? {} : { line, column }) },
    },
  };
}
