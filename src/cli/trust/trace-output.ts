/** Where the trace goes, and in which form. */
import { writeWhole } from "../../engines/files/write.ts";
import { outputDefaults } from "../../report/options.ts";
import { renderTrace, renderTraceJson } from "../../report/trust/trace.ts";
import type { TraceView } from "../../report/trust/trace-view.ts";
import { type Output, parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";

type TraceFormat = "text" | "json" | "html" | "markdown";

/** @throws Problem (usage) */
export function traceOutputs(written: readonly string[]): readonly Output<TraceFormat>[] {
  return parseFormatsOf(["text", "json", "html", "markdown"], written, process.stdout);
}

export async function writeTrace(
  view: TraceView,
  outputs: readonly Output<TraceFormat>[],
  all: boolean,
): Promise<void> {
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page = file === undefined ? { columns, color } : { columns: 100, color: false };
    const text = await rendered(view, format, { ...page, all });
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
}

async function rendered(
  view: TraceView,
  format: TraceFormat,
  options: Parameters<typeof renderTrace>[1],
): Promise<string> {
  switch (format) {
    case "json":
      return renderTraceJson(view);
    case "html":
      return (await import("../../report/trust/trace-page.ts")).renderTracePage(view);
    case "markdown":
      return (await import("../../report/trust/trace-markdown.ts")).renderTraceMarkdown(view);
    default:
      return renderTrace(view, options);
  }
}
