import { Problem } from "../../core/problem.ts";
import { conforming } from "./conforming.ts";
import { readDocument } from "./document.ts";
import { type ParsedPolicy, type PolicyFile, policyShape } from "./shape.ts";

/**
 * Parses a policy file that must be right. What says what is wrong with one is loaded where something is: the schema library
 * costs a tenth of a start.
 *
 * @throws Problem (usage, `policy.invalid`) that names the first error's line and column and how many more there are
 */
export async function readPolicy(text: string, path: string): Promise<ParsedPolicy> {
  const document = readDocument(text, path);
  const file = "problems" in document ? undefined : conforming(policyShape, document.value);
  if (file !== undefined && !("problems" in document)) return { file: file as PolicyFile, document };
  const { parsePolicy } = await import("./validate.ts");
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
