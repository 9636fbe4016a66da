/** Where the page of `verify` or `trace` goes, and in which form. */
import { writeWhole } from "../../engines/files/write.ts";
import { outputDefaults, type RenderOptions } from "../../report/options.ts";
import { type Output, parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";

/** @throws Problem (usage) */
export function trustOutputs(written: readonly string[]) {
  return parseFormatsOf(["text", "json"], written, process.stdout);
}

/** Text where no form is named. */
export async function writeOutputs<Format extends string>(
  outputs: readonly Output<Format | "text">[],
  all: boolean,
  render: Readonly<Record<Format | "text", (options: RenderOptions) => string | Promise<string>>>,
): Promise<void> {
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page = file === undefined ? { columns, color } : { columns: 100, color: false };
    const text = await render[format]({ ...page, all });
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
}
