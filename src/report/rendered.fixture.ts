/** The formats as one text each, for tests that look at the whole of a small report. */
import type { Report } from "../core/report.ts";
import { type Format, formats } from "./formats.ts";
import type { RenderOptions } from "./options.ts";
import { type Renderer, rendererOf } from "./render.ts";

const renderers = Object.fromEntries(
  await Promise.all(formats.map(async (format) => [format, await rendererOf(format)] as const)),
) as Readonly<Record<Format, Renderer>>;

export function renderedPieces(report: Report, format: Format, options: RenderOptions): Iterable<string> {
  return renderers[format](report, options);
}

export function render(report: Report, format: Format, options: RenderOptions): string {
  return [...renderedPieces(report, format, options)].join("");
}

const wide = { columns: 100, color: false, all: false };

export const renderGithub = (report: Report) => render(report, "github", wide);
export const renderGitlab = (report: Report) => render(report, "gitlab", wide);
export const renderHtml = (report: Report) => render(report, "html", wide);
export const renderJson = (report: Report) => render(report, "json", wide);
export const renderJunit = (report: Report) => render(report, "junit", wide);
export const renderSarif = (report: Report) => render(report, "sarif", wide);
export const renderMarkdown = (report: Report, options: Pick<RenderOptions, "all">) =>
  render(report, "markdown", { ...wide, ...options });
export const renderPlain = (report: Report, options: Pick<RenderOptions, "all" | "display">) =>
  render(report, "plain", { ...wide, ...options });
export const renderTable = (report: Report, options: RenderOptions) => render(report, "table", options);
