/** Manifests on standard input, within the bound of one file of them. */
import { Problem } from "../core/problem.ts";
import { bounds } from "../engines/kubernetes/bounds.ts";

/** @throws Problem (input) over the bound, or where it is not UTF-8 */
export async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bounds.kubernetesFileBytes) {
      const cause = `more than ${bounds.kubernetesFileBytes} bytes`;
      throw new Problem({ kind: "input", code: "kubernetes.bound", place: "standard input", cause });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    const cause = "not UTF-8";
    throw new Problem({ kind: "input", code: "kubernetes.encoding", place: "standard input", cause });
  }
}
