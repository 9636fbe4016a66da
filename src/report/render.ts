import { withoutLogCommands } from "../core/log-commands.ts";
import type { Report } from "../core/report.ts";
import { renderCyclonedx } from "./cyclonedx.ts";
import { type Format, formats } from "./formats.ts";
import { renderGithub } from "./github.ts";
import { renderQuality } from "./gitlab/quality.ts";
import { renderSecurity } from "./gitlab/security.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json/write.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import type { RenderOptions } from "./options.ts";
import { renderPlain } from "./plain.ts";
import { renderSarif } from "./sarif/write.ts";
import { renderTable } from "./table.ts";

/**
 * The report in one of the formats, in pieces of text of which the last ends with a line break: what all make together
 * may be longer than a string can be. Table, plain and markdown heed the options; json, sarif, html and junit always
 * hold every finding.
 */
export function render(report: Report, format: Format, options: RenderOptions): Iterable<string> {
  const pieces = rendered(report, format, options);
  // What else is printed is escaped text by text; JSON holds the texts as they are, each whole in one piece.
  return JSON_FORMATS.has(format) ? withoutCommands(pieces) : pieces;
}

const JSON_FORMATS: ReadonlySet<Format> = new Set(
  formats.filter((format) => ["json", "sarif", "cyclonedx"].includes(format) || format.startsWith("gitlab")),
);

function* withoutCommands(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield withoutLogCommands(piece);
}

function rendered(report: Report, format: Format, options: RenderOptions): Iterable<string> {
  switch (format) {
    case "table":
      return renderTable(report, options);
    case "plain":
      return renderPlain(report, options);
    case "json":
      return renderJson(report);
    case "sarif":
      return renderSarif(report, options.onNote);
    case "html":
      return renderHtml(report);
    case "markdown":
      return renderMarkdown(report, options);
    case "junit":
      return renderJunit(report);
    case "gitlab":
      return renderSecurity(report, "container_scanning", { packagesOfFiles: true });
    case "gitlab-container-scanning":
      return renderSecurity(report, "container_scanning");
    case "gitlab-dependency-scanning":
      return renderSecurity(report, "dependency_scanning");
    case "gitlab-sast":
      return renderSecurity(report, "sast");
    case "gitlab-secret-detection":
      return renderSecurity(report, "secret_detection");
    case "gitlab-codequality":
      return renderQuality(report, options.onNote);
    case "github":
      return renderGithub(report);
    case "cyclonedx":
      return renderCyclonedx(report);
  }
}
