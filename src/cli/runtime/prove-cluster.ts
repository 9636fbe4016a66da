/** `runtime prove --cluster`: every node, or one. */
import { usageProblem } from "../../core/problem.ts";
import { createClient } from "../../engines/kubernetes/cluster/client.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { type ProveClusterOptions, proveCluster } from "../../scan/runtime-prove/prove-cluster.ts";
import { exitCodeOf, jsonOf, type ProveCommandOptions, textOf, writeProof } from "./proved-node.ts";

export async function proveInCluster(
  options: ProveCommandOptions,
  {
    format,
    milliseconds,
    open,
  }: Pick<ProveClusterOptions, "milliseconds"> & {
    readonly format: "text" | "json";
    readonly open: NonNullable<ProveClusterOptions["open"]>;
  },
): Promise<number> {
  const { container: image, namespace, node, record, kubeconfig, context } = options;
  if (image === undefined) {
    throw usageProblem("--cluster", "the event is made in a pod, whose image must be named", "--container IMAGE");
  }
  const connection = connectionOf({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const api = createClient(connection);
  try {
    const all = await proveCluster(api, {
      image,
      namespace,
      milliseconds,
      keeps: options.keep,
      open,
      ...(node === undefined ? {} : { node }),
    });
    for (const { node: name, proved } of all) {
      if (record !== undefined && proved.kind === "recorded")
        writeProof(all.length > 1 ? `${record}/` : record, proved.proof);
      process.stdout.write(format === "json" ? jsonOf(proved, name) : textOf(proved, name));
    }
    const codes = all.map(({ proved }) => exitCodeOf(proved));
    return codes.includes(1) ? 1 : Math.max(...codes);
  } finally {
    api.close();
  }
}
