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
