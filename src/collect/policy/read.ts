import type { Exception } from "../../core/exception.ts";
import { defaultPolicy, type Policy, type PolicyOrigin } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { type ParsedPolicy, parsePolicy } from "./validate.ts";

/**
 * Parses a policy file that must be right.
 *
 * @throws Problem (usage, `policy.invalid`) that names the first error's line and column and how many more there are
 */
export function readPolicy(text: string, path: string): ParsedPolicy {
  const parsed = parsePolicy(text, path);
  if (!("problems" in parsed)) return parsed;
  const [first, ...more] = parsed.problems;
  if (first === undefined) throw new Error("a refused policy has no problem");
  const remedies = first.allowed === undefined ? [] : [`allowed: ${first.allowed}`];
  if (more.length > 0) {
    remedies.push(
      `${more.length} more ${more.length === 1 ? "problem" : "problems"}: bulkhead policy validate ${path}`,
    );
  }
  throw new Problem({
    kind: "usage",
    code: "policy.invalid",
    place: `${path}:${first.line}:${first.column}`,
    cause: first.cause,
    ...(remedies.length === 0 ? {} : { remedy: remedies.join("; ") }),
  });
}

/** The file's policy, with the defaults for what it does not state. `path` is what its exceptions' places name. */
export function policyOf({ file, document }: ParsedPolicy, path: string, origin: PolicyOrigin): Policy {
  const { vulnerability, configuration } = defaultPolicy.thresholds;
  const exceptions = (file.exceptions ?? []).map((exception, index): Exception => {
    const { id, ids, path: pattern, package: name, asset, reason, owner, expires } = exception;
    return {
      ids: id === undefined ? (ids ?? []) : [id],
      ...(name === undefined ? {} : { package: name }),
      // In an image and in a tree alike, paths are kept without their leading slash.
      ...(pattern === undefined ? {} : { path: pattern.replace(/^\/+/, "") }),
      ...(asset === undefined ? {} : { asset }),
      reason,
      owner,
      expires,
      source: { path, ...document.at(["exceptions", index]) },
    };
  });
  return {
    thresholds: {
      vulnerability: {
        severity: file.thresholds?.vulnerabilities?.severity ?? vulnerability.severity,
        fixableOnly: file.thresholds?.vulnerabilities?.fixableOnly ?? vulnerability.fixableOnly,
        exploited: file.thresholds?.vulnerabilities?.exploited ?? vulnerability.exploited ?? false,
      },
      configuration: {
        severity: file.thresholds?.configuration?.severity ?? configuration.severity,
        fixableOnly: configuration.fixableOnly,
      },
    },
    unknownSeverity: file.unknownSeverity ?? defaultPolicy.unknownSeverity,
    advisories: { maxAgeDays: file.advisories?.maxAgeDays ?? defaultPolicy.advisories.maxAgeDays },
    exceptions,
    origin,
  };
}
