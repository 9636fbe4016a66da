import { clip, SENTENCE } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Assertions of the policy's `network.intended` that do not hold. */
export const assertionViolated = networkCheck({
  name: "assertion-violated",
  title: "Network assertions that do not hold",
  severity: "high",
  controls: [6],
  documentation: {
    what: "Checks the assertions of the file that `network.intended` of the policy names, as `bulkhead network test` reads them: `deny shop/* -> internet`, `allow shop/web -> shop/api:8080`. Reported: each assertion that does not hold, at the rule that decides it. Not reported: where the policy names no file. An assertion about what was not read, or what the CNI decides, is unknown. Severity: high.",
    why: "What was agreed about the network is no longer so, and nobody decided that.",
    fix: "Correct the policy that decides, or the assertion where the intention has changed. `bulkhead network explain` shows every rule.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  },
  needs: { assertions: "partial" },
  applies: ({ assertions }) => assertions.total > 0,
  *detect({ assertions }) {
    for (const { text, line, place, example } of assertions.violated) {
      yield {
        object: place.object,
        path: place.field,
        subject: text,
        title: clip(`${text} does not hold: ${example}`, SENTENCE),
        fix: "correct the policy that decides, or the assertion",
        evidence: { assertion: `${clip(assertions.file)}:${line}` },
      };
    }
  },
});
