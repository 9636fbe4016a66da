/** Options of commands about containers: who tells of pods (`pods-of.ts`), and where responses are recorded. */
import type { Command } from "commander";

/** What `runtime watch` writes, and `runtime respond` reads. */
export const JOURNAL = "/var/lib/bulkhead/responses.jsonl";

/** @param tokenFile - as the command has it, where `--token-file` is another one's */
export function withPods(command: Command, tokenFile = "--token-file <file>"): Command {
  return command
    .option("--kubelet <url>", "kubelet to ask for pods: https://NODE:10250, or its read-only port on this machine")
    .option(tokenFile, "service account token for the kubelet")
    .option("--certificate-authority <file>", "authority that the kubelet's certificate is signed by (PEM)")
    .option("--node <name>", "ask the API server instead, for the pods of this node")
    .option("--kubeconfig <file>", "kubeconfig file (default: KUBECONFIG, ~/.kube/config, in-cluster)")
    .option("--context <name>", "context of the kubeconfig");
}
