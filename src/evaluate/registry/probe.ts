/** A registry that was asked without credentials, evaluated. */
import { registryProbeChecks } from "../../checks/lists/registry-probe.ts";
import type { RegistryProbeFacts } from "../../checks/subjects/registry.ts";
import type { RegistryAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { AnonymousAttempt, ProbedAccess, ProbedTransport } from "../../engines/oci/model.ts";

export function evaluateRegistryProbe(
  access: ProbedAccess,
  transport: ProbedTransport,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  const at = now.toISOString();
  const evidence = (attempt: AnonymousAttempt): Evidence<ProbedAccess> => {
    const tried = access.attempts[attempt];
    const gaps = tried.outcome === "unknown" ? [{ code: "registry.probe", reason: tried.reason }] : [];
    return present(access, at, { gaps });
  };
  const unanswered =
    transport.plain === "closed" && transport.tls.kind === "none"
      ? [
          {
            code: "registry.probe",
            reason: `${transport.registry} answers neither over TLS nor over plain HTTP: ${transport.tls.cause}`,
          },
        ]
      : [];
  const asset: RegistryAsset = {
    kind: "registry",
    id: access.registry,
    lineage: access.registry,
    name: access.registry,
  };
  return runChecks<RegistryProbeFacts>(
    registryProbeChecks,
    {
      catalog: evidence("catalog"),
      pull: evidence("pull"),
      push: evidence("push"),
      delete: evidence("delete"),
      transport: present(transport, at, { gaps: unanswered }),
    },
    { asset, policy, now, evidence: { probed: access.repository ?? "no repository" } },
  );
}
