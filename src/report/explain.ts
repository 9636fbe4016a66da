import type { CheckDescription } from "../core/check.ts";
import { controlsText, needsText } from "./check-markdown.ts";
import type { RenderOptions } from "./options.ts";
import { pageOf } from "./page.ts";
import { wrap } from "./width.ts";

/** Lines of text are easiest to read at this width or less. */
const readableColumns = 88;

/** What `bulkhead explain CHECK` prints: what the check finds, why that matters, how to fix it, and its facts. */
export function explainCheck(
  check: CheckDescription,
  options: Pick<RenderOptions, "columns" | "color"> = { columns: readableColumns, color: false },
): string {
  const page = pageOf({ ...options, all: false });
  const { bold, dim } = page.colors;
  const columns = Math.min(page.columns, readableColumns);
  const { what, why, fix, references } = check.documentation;
  const paragraph = (title: string, text: string) => [
    "",
    bold(title),
    ...wrap(text, columns - 2).map((line) => `  ${line}`),
  ];
  const fact = (name: string, text: string) =>
    wrap(text, columns - 12).map((line, i) => `  ${dim((i === 0 ? name : "").padEnd(10))}${line}`);
  const lines = [
    `${bold(check.id)}${dim(" · ")}${check.title}`,
    ...paragraph("What", what),
    ...paragraph("Why", why),
    ...paragraph("How to fix", fix),
    "",
    bold("Facts"),
    ...fact("layer", check.layer),
    ...fact("category", `${check.category} (its threshold applies)`),
    ...fact("severity", check.severity),
    ...fact("controls", controlsText(check)),
    ...fact("needs", needsText(check)),
    ...(references.length === 0 ? [] : ["", bold("References"), ...references.map((url) => `  ${url}`)]),
  ];
  return `${lines.join("\n")}\n`;
}
