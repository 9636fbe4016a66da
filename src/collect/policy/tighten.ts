import { type Exception, exceptionScope } from "../../core/exception.ts";
import type { LoosenedKey, Policy } from "../../core/policy.ts";
import { type RatedSeverity, severityRank } from "../../core/severity.ts";
import type { Key, Position } from "./document.ts";
import type { PolicyFile } from "./schema.ts";

/** A policy file of the tree under review, its exceptions as a policy has them, and where its values stand. */
export interface TreePolicy {
  readonly path: string;
  readonly file: PolicyFile;
  readonly exceptions: readonly Exception[];
  at(path: readonly Key[]): Position;
}

/**
 * What the trusted policy becomes with the tree's own file, which may only tighten it: of each key that the file states
 * the stricter value is kept, and what it tried to loosen is returned with its place. What the file leaves out says
 * nothing.
 *
 * Stricter is: for a threshold the lesser severity (more findings reach it); for `fixableOnly` false; for `exploited` true; for `maxAgeDays`
 * less; for `unknownSeverity` the worse severity, where `critical` is stricter than `unknown` and nothing else is to be
 * compared with it (whether `high` fails or passes depends on the threshold). An exception is looser, always, unless
 * the trusted policy has one of the same scope that lasts at least as long.
 */
export function tighten(trusted: Policy, tree: TreePolicy): { policy: Policy; loosened: readonly LoosenedKey[] } {
  const loosened: LoosenedKey[] = [];

  function stricter<Value>(
    path: readonly Key[],
    current: Value,
    wanted: Value | undefined,
    tightens: (wanted: Value, current: Value) => boolean,
  ): Value {
    if (wanted === undefined || wanted === current) return current;
    if (tightens(wanted, current)) return wanted;
    loosened.push({
      key: path.join("."),
      path: tree.path,
      ...tree.at(path),
      trusted: String(current),
      wanted: String(wanted),
    });
    return current;
  }

  const { vulnerability, configuration } = trusted.thresholds;
  const { thresholds, unknownSeverity, advisories } = tree.file;
  const at = (...path: Key[]): readonly Key[] => path;
  const policy: Policy = {
    thresholds: {
      vulnerability: {
        severity: stricter(
          at("thresholds", "vulnerabilities", "severity"),
          vulnerability.severity,
          thresholds?.vulnerabilities?.severity,
          isLesser,
        ),
        fixableOnly: stricter(
          at("thresholds", "vulnerabilities", "fixableOnly"),
          vulnerability.fixableOnly,
          thresholds?.vulnerabilities?.fixableOnly,
          (wanted) => !wanted,
        ),
        exploited: stricter(
          at("thresholds", "vulnerabilities", "exploited"),
          vulnerability.exploited ?? false,
          thresholds?.vulnerabilities?.exploited,
          (wanted) => wanted,
        ),
      },
      configuration: {
        severity: stricter(
          at("thresholds", "configuration", "severity"),
          configuration.severity,
          thresholds?.configuration?.severity,
          isLesser,
        ),
        fixableOnly: configuration.fixableOnly,
      },
    },
    unknownSeverity: stricter(at("unknownSeverity"), trusted.unknownSeverity, unknownSeverity, countsAsMore),
    advisories: {
      maxAgeDays: stricter(
        at("advisories", "maxAgeDays"),
        trusted.advisories.maxAgeDays,
        advisories?.maxAgeDays,
        (wanted, current) => wanted < current,
      ),
    },
    exceptions: trusted.exceptions,
    origin: trusted.origin,
  };

  for (const [index, exception] of tree.exceptions.entries()) {
    if (trusted.exceptions.some((other) => allowsAtLeast(other, exception))) continue;
    loosened.push({
      key: `exceptions[${index}]`,
      path: tree.path,
      ...tree.at(["exceptions", index]),
      trusted: "no such exception",
      wanted: `${exceptionScope(exception)} until ${exception.expires}`,
    });
  }
  return { policy, loosened };
}

function isLesser(wanted: RatedSeverity, current: RatedSeverity): boolean {
  return severityRank(wanted) > severityRank(current);
}

function countsAsMore(wanted: Policy["unknownSeverity"], current: Policy["unknownSeverity"]): boolean {
  if (wanted === "critical") return true;
  return wanted !== "unknown" && current !== "unknown" && severityRank(wanted) < severityRank(current);
}

function allowsAtLeast(trusted: Exception, wanted: Exception): boolean {
  return (
    trusted.expires >= wanted.expires &&
    trusted.package === wanted.package &&
    trusted.path === wanted.path &&
    trusted.asset === wanted.asset &&
    new Set(trusted.ids).symmetricDifference(new Set(wanted.ids)).size === 0
  );
}
