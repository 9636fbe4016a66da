import { withoutLogCommands } from "../core/log-commands.ts";
import type { Report } from "../core/report.ts";
import { type Format, formats } from "./formats.ts";
import type { SecurityReport } from "./gitlab/security.ts";
import type { RenderOptions } from "./options.ts";

/**
 * Writes a report, in pieces of text of which the last ends with a line break: what all make together may be longer than a
 * string can be. Table, plain and markdown heed the options; json, sarif, html and junit always hold every finding.
 */
export type Renderer = (report: Report, options: RenderOptions) => Iterable<string>;

/** What writes one of the formats; it is loaded where it is asked for. */
export async function rendererOf(format: Format): Promise<Renderer> {
  const write = await load(format);
  // What else is printed is escaped text by text; JSON holds the texts as they are, each whole in one piece.
  return JSON_FORMATS.has(format) ? (report, options) => withoutCommands(write(report, options)) : write;
}

const JSON_FORMATS: ReadonlySet<Format> = new Set(
  formats.filter((format) => ["json", "sarif", "cyclonedx"].includes(format) || format.startsWith("gitlab")),
);

function* withoutCommands(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield withoutLogCommands(piece);
}

async function load(format: Format): Promise<Renderer> {
  switch (format) {
    case "table":
      return (await import("./table.ts")).renderTable;
    case "plain":
      return (await import("./plain.ts")).renderPlain;
    case "json":
      return (await import("./json/write.ts")).renderJson;
    case "sarif": {
      const { renderSarif } = await import("./sarif/write.ts");
      return (report, { onNote }) => renderSarif(report, onNote);
    }
    case "html":
      return (await import("./html.ts")).renderHtml;
    case "markdown":
      return (await import("./markdown.ts")).renderMarkdown;
    case "junit":
      return (await import("./junit.ts")).renderJunit;
    case "gitlab": {
      const { renderSecurity } = await import("./gitlab/security.ts");
      return (report) => renderSecurity(report, "container_scanning", { packagesOfFiles: true });
    }
    case "gitlab-container-scanning":
      return await security("container_scanning");
    case "gitlab-dependency-scanning":
      return await security("dependency_scanning");
    case "gitlab-sast":
      return await security("sast");
    case "gitlab-secret-detection":
      return await security("secret_detection");
    case "gitlab-codequality": {
      const { renderQuality } = await import("./gitlab/quality.ts");
      return (report, { onNote }) => renderQuality(report, onNote);
    }
    case "github":
      return (await import("./github.ts")).renderGithub;
    case "cyclonedx":
      return (await import("./cyclonedx.ts")).renderCyclonedx;
  }
}

async function security(type: SecurityReport): Promise<Renderer> {
  const { renderSecurity } = await import("./gitlab/security.ts");
  return (report) => renderSecurity(report, type);
}
