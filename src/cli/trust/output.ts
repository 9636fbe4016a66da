/** Where the page of `verify` goes. */
import { writeWhole } from "../../engines/files/write.ts";
import { outputDefaults, type RenderOptions } from "../../report/options.ts";
import { parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";

type TrustOutputs = ReturnType<typeof trustOutputs>;

/** @throws Problem (usage) */
export function trustOutputs(written: readonly string[]) {
  return parseFormatsOf(["text", "json"], written, process.stdout);
}

export async function writeOutputs(
  outputs: TrustOutputs,
  all: boolean,
  render: { readonly text: (options: RenderOptions) => string; readonly json: () => string },
): Promise<void> {
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page = file === undefined ? { columns, color } : { columns: 100, color: false };
    const text = format === "json" ? render.json() : render.text({ ...page, all });
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
}
