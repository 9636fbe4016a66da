import type { Report } from "../core/report.ts";
import { renderJson } from "./json.ts";
import type { RenderOptions } from "./options.ts";
import { renderPlain } from "./plain.ts";
import { renderSarif } from "./sarif.ts";
import { renderTable } from "./table.ts";

export const formats = ["table", "plain", "json", "sarif"] as const;
export type Format = (typeof formats)[number];

/** The report in one of the formats, as text that ends with a line break. json and sarif always hold everything. */
export function render(report: Report, format: Format, options: RenderOptions): string {
  switch (format) {
    case "table":
      return renderTable(report, options);
    case "plain":
      return renderPlain(report, options);
    case "json":
      return renderJson(report);
    case "sarif":
      return renderSarif(report);
  }
}
