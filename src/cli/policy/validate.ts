import { readFileSync } from "node:fs";
import { validatePolicy } from "../../collect/policy/validate.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";

/** `bulkhead policy validate [FILE]` */
export function policyValidate(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Problem({ kind: "usage", code: "policy.file", place: file, cause: (error as Error).message });
  }
  const problems = validatePolicy(text, file);
  if (problems.length === 0) {
    process.stdout.write(`${file}: valid\n`);
    return 0;
  }
  for (const { line, column, cause, allowed } of problems) {
    process.stderr.write(
      `${printable(`${file}:${line}:${column}: ${cause}${allowed === undefined ? "" : ` (${allowed})`}`)}\n`,
    );
  }
  return 2;
}
