/** Files of observed connections, read as they come. */
import { createReadStream } from "node:fs";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { Observed } from "../../engines/reachability/observed/model.ts";
import { observedReader } from "../../engines/reachability/observed/read.ts";

/**
 * All files as one: what one of them says twice, or two of them, is one connection. `-` is standard input.
 *
 * @throws Problem (usage) `network.observed` where a file cannot be read
 */
export async function readObservedFiles(paths: readonly string[]): Promise<Observed> {
  const reader = observedReader();
  for (const path of paths) {
    const stream = path === "-" ? process.stdin : createReadStream(path);
    const decoder = new TextDecoder("utf-8");
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) reader.text(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      if (!(error instanceof Error) || !("syscall" in error)) throw error;
      throw new Problem(
        { kind: "usage", code: "network.observed", place: path, cause: systemCause(error) },
        { cause: error },
      );
    }
    // The last line of one file is no beginning of the next one's first.
    reader.text(`${decoder.decode()}\n`);
  }
  return reader.end();
}
