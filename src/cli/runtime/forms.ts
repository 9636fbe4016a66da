/** Forms of alerts on standard output, beside those of reports. */
import { usageProblem } from "../../core/problem.ts";

const forms = ["text", "alerts", "syslog", "slack"] as const;
export type Form = (typeof forms)[number];

/** What goes to standard output is one form, of alerts or of a report. @throws Problem (usage) */
export function formsOf(written: readonly string[]): {
  readonly own: Form | undefined;
  readonly reports: readonly string[];
} {
  const isOwn = (text: string) => (forms as readonly string[]).includes(text.split("=", 1)[0] ?? "");
  const reports = written.filter((text) => !isOwn(text));
  const ours = written.filter(isOwn);
  const inFile = ours.find((text) => text.includes("="));
  if (inFile !== undefined) {
    throw usageProblem(`--format ${inFile}`, "alerts go to standard output", "redirect it: > alerts.jsonl");
  }
  if (ours.length > 1 || (ours.length === 1 && reports.some((text) => !text.includes("=")))) {
    throw usageProblem(
      "--format",
      "only one format can go to stdout",
      "write the others to files: --format sarif=FILE",
    );
  }
  const [form] = ours;
  const toOutput = form ?? (reports.every((text) => text.includes("=")) ? "text" : undefined);
  return { own: toOutput as Form | undefined, reports };
}
