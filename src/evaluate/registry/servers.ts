/** Registry servers, evaluated by what configures them. */
import { registryServerChecks } from "../../checks/lists/registry-server.ts";
import type { RegistryServerFacts } from "../../checks/registry/server/server-check.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { KubernetesObject } from "../../engines/kubernetes/model.ts";
import type { RegistryServer } from "../../engines/oci/model.ts";
import { workloadAsset } from "../kubernetes/assets.ts";

export interface ServerFound {
  readonly of:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "workload"; readonly object: KubernetesObject };
  readonly server?: RegistryServer;
  readonly gaps: readonly Gap[];
}

export function evaluateRegistryServers(
  found: readonly ServerFound[],
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  return found.flatMap(({ of, server, gaps }) => {
    const asset = of.kind === "file" ? fileAsset(of.path) : workloadAsset(of.object);
    const [first = UNREAD, ...more] = gaps;
    const evidence =
      server === undefined ? absent<RegistryServer>(first, ...more) : present(server, now.toISOString(), { gaps });
    return runChecks<RegistryServerFacts>(registryServerChecks, { server: evidence }, { asset, policy, now });
  });
}

const UNREAD: Gap = { code: "registry.configuration", reason: "the configuration of the registry server was not read" };
