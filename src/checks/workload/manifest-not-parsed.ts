import type { FindingDraft } from "../../core/finding.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import type { ManifestFileCheck } from "../subjects/tree.ts";

/** What a file of manifests holds that is not what an API server would take, so that nothing is skipped in silence. */
export const manifestNotParsed: ManifestFileCheck = {
  id: "workload/manifest-not-parsed",
  title: "Manifests not fully parsed",
  layer: "workload",
  category: "configuration",
  controls: [3, 4, 5],
  severity: "medium",
  documentation: {
    what: "Checks whether something in a file of manifests could not be read: invalid YAML, an unrendered template, a duplicate key, a value of a wrong type, or one that exceeds a limit.",
    why: "What was not read was not evaluated. An API server may take it all the same, or take it otherwise than it looks.",
    fix: "Write what the API server accepts (`kubectl apply --dry-run=server` tells), and have templates rendered before they are evaluated.",
    references: ["https://kubernetes.io/docs/concepts/overview/working-with-objects/"],
  },
  subject: "manifest-file",
  needs: { file: "partial" },
  *evaluate({ file }): Generator<FindingDraft> {
    const seen = new Map<string, number>();
    for (const { code, reason, line, column } of file.gaps) {
      const about = clip(`${code}: ${reason}`);
      const times = (seen.get(about) ?? 0) + 1;
      seen.set(about, times);
      const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
      yield {
        subject: times === 1 ? about : `${about} (${times})`,
        severity: "medium",
        title: clip(`Not read: ${reason}`, SENTENCE),
        locations: [{ kind: "file", path: file.path, ...place }],
        matches: { ids: ["workload/manifest-not-parsed"], path: file.path },
        evidence: { code },
      };
    }
  },
};
