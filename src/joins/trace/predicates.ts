/** What predicates of attested bills of materials and scans say, as far as a line tells it. All of it is the signer's word. */
import { isObject, valueAt } from "../../core/untyped.ts";
import type { Statement } from "../../engines/trust/model.ts";

/** SPDX and CycloneDX, with or without a version behind (in-toto/attestation, spec/predicates). */
export function isSbom(predicateType: string): boolean {
  return /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/(?:bom|schema))(?:\/|$)/.test(predicateType);
}

export interface SbomSummary {
  readonly format: string;
  readonly components?: number;
  /** As it states it. */
  readonly created?: string;
}

export function readSbom({ predicateType, predicate }: Statement): SbomSummary {
  const isSpdx = predicateType.startsWith("https://spdx.dev/");
  const listed = valueAt(predicate, [isSpdx ? "packages" : "components"]);
  const created = isSpdx
    ? valueAt(predicate, ["creationInfo", "created"])
    : valueAt(predicate, ["metadata", "timestamp"]);
  return {
    format: isSpdx ? "SPDX" : "CycloneDX",
    ...(Array.isArray(listed) ? { components: listed.length } : {}),
    ...(typeof created === "string" ? { created } : {}),
  };
}

const COSIGN_SCAN = "https://cosign.sigstore.dev/attestation/vuln/v1";

/** cosign's form (COSIGN_VULN_ATTESTATION_SPEC.md), and in-toto's (spec/predicates/vulns.md). */
export function isScan(predicateType: string): boolean {
  return predicateType === COSIGN_SCAN || /^https:\/\/in-toto\.io\/attestation\/vulns\/v0\.[12]$/.test(predicateType);
}

export interface ScanSummary {
  readonly scanner?: string;
  /** When it ended, as it states it. */
  readonly at?: string;
  /** By severity in lower case; of in-toto's form alone. */
  readonly counts?: Readonly<Record<string, number>>;
}

export function readScan({ predicate }: Statement): ScanSummary {
  const scanner = valueAt(predicate, ["scanner", "uri"]);
  const at = valueAt(predicate, ["metadata", "scanFinishedOn"]);
  const results = valueAt(predicate, ["scanner", "result"]);
  return {
    ...(typeof scanner === "string" ? { scanner } : {}),
    ...(typeof at === "string" ? { at } : {}),
    ...(Array.isArray(results) ? { counts: countsOf(results) } : {}),
  };
}

/** A vulnerability has several severities by several methods: the first that is a word. */
function countsOf(results: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const severities = valueAt(result, ["severity"]);
    const words = (Array.isArray(severities) ? severities : []).flatMap((severity) => {
      const score = isObject(severity) ? severity.score : undefined;
      return typeof score === "string" && /^[a-z]{3,10}$/i.test(score) ? [score.toLowerCase()] : [];
    });
    const [word = "unknown"] = words;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
