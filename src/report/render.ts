import { withoutLogCommands } from "../core/log-commands.ts";
import type { Report } from "../core/report.ts";
import { renderGithub } from "./github.ts";
import { renderGitlab } from "./gitlab.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import type { RenderOptions } from "./options.ts";
import { renderPlain } from "./plain.ts";
import { renderSarif } from "./sarif.ts";
import { renderTable } from "./table.ts";

export const formats = ["table", "plain", "json", "sarif", "html", "markdown", "junit", "gitlab", "github"] as const;
export type Format = (typeof formats)[number];

/**
 * The report in one of the formats, as text that ends with a line break. Table, plain and
 * markdown heed the options; json, sarif, html and junit always hold every finding.
 */
export function render(report: Report, format: Format, options: RenderOptions): string {
  const text = rendered(report, format, options);
  // What else is printed is escaped text by text; JSON holds the texts as they are.
  return JSON_FORMATS.has(format) ? withoutLogCommands(text) : text;
}

const JSON_FORMATS: ReadonlySet<Format> = new Set(["json", "sarif", "gitlab"]);

function rendered(report: Report, format: Format, options: RenderOptions): string {
  switch (format) {
    case "table":
      return renderTable(report, options);
    case "plain":
      return renderPlain(report, options);
    case "json":
      return renderJson(report);
    case "sarif":
      return renderSarif(report);
    case "html":
      return renderHtml(report);
    case "markdown":
      return renderMarkdown(report, options);
    case "junit":
      return renderJunit(report);
    case "gitlab":
      return renderGitlab(report);
    case "github":
      return renderGithub(report);
  }
}
