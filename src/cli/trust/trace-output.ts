/** Where the trace goes, and in which form. */
import { renderTrace, renderTraceJson } from "../../report/trust/trace.ts";
import type { TraceView } from "../../report/trust/trace-view.ts";
import { type Output, parseFormatsOf } from "../output-options.ts";
import { writeOutputs } from "./output.ts";

type TraceFormat = "text" | "json" | "html" | "markdown";

/** @throws Problem (usage) */
export function traceOutputs(written: readonly string[]): readonly Output<TraceFormat>[] {
  return parseFormatsOf(["text", "json", "html", "markdown"], written, process.stdout);
}

export function writeTrace(view: TraceView, outputs: readonly Output<TraceFormat>[], all: boolean): Promise<void> {
  return writeOutputs(outputs, all, {
    text: (page) => renderTrace(view, page),
    json: () => renderTraceJson(view),
    html: async () => (await import("../../report/trust/trace-page.ts")).renderTracePage(view),
    markdown: async () => (await import("../../report/trust/trace-markdown.ts")).renderTraceMarkdown(view),
  });
}
