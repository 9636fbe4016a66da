import { checks } from "../checks/index.ts";
import { nearest } from "../core/nearest.ts";
import { usageProblem } from "../core/problem.ts";
import { explainCheck } from "../report/explain.ts";

/** `bulkhead explain [CHECK]` */
export function explain(id: string | undefined): number {
  if (id === undefined) {
    const width = Math.max(...checks.map((check) => check.id.length));
    process.stdout.write(checks.map((check) => `${check.id.padEnd(width)}  ${check.title}\n`).join(""));
    return 0;
  }
  const check = checks.find((known) => known.id === id);
  if (check === undefined) {
    const near = nearest(
      id,
      checks.map((known) => known.id),
    );
    const remedy = "`bulkhead explain` lists all";
    throw usageProblem(
      `explain ${id}`,
      "unknown check",
      near === undefined ? remedy : `did you mean ${near}? ${remedy}`,
    );
  }
  process.stdout.write(explainCheck(check));
  return 0;
}
