/** A policy file that says what an author wants (docs/policy.md). JSON is YAML. */
import type { Action, Intent } from "./verdict.ts";

/** @param signer - how `trust.signers` states the one who must have signed */
export function policyText(intent: Intent, signer: object = { key: "release.pub" }): string {
  const { default: rest, checks, unknown, namespaces, registries, signed } = intent;
  const everywhere = (action: Action) => Object.fromEntries(Object.keys(checks).map((id) => [id, action]));
  const there = Object.entries(namespaces).map(([pattern, action]) => [
    pattern,
    { default: rest, checks: everywhere(action) },
  ]);
  const lowest = { severity: "low" };
  return JSON.stringify({
    apiVersion: "bulkhead/v1",
    // Whatever is found fails: what follows is the gate's part alone.
    thresholds: { configuration: lowest, trust: lowest, secrets: lowest },
    enforcement: { admission: { default: rest, checks, unknown, namespaces: Object.fromEntries(there) } },
    ...(registries.length === 0 ? {} : { registries }),
    ...(signed.length === 0
      ? {}
      : {
          trust: {
            signers: { release: signer },
            images: signed.flatMap((place) =>
              [place, `${place}/**`].map((match) => ({ match, signedBy: { of: ["release"], atLeast: 1 } })),
            ),
          },
        }),
  });
}
