import { compileGlob } from "../../core/glob.ts";
import type { PulledImageCheck } from "../subjects/pull.ts";

/** Images that no scan has seen yet, in repositories that the policy quarantines. */
export const imageQuarantined: PulledImageCheck<"scan", "quarantine"> = {
  id: "registry/image-quarantined",
  title: "Pulls of images in quarantine",
  layer: "registry",
  category: "configuration",
  controls: [2],
  severity: "critical",
  documentation: {
    what: "Checks, where a registry is guarded (`bulkhead registry serve`), that an image of a repository in `registry.quarantine` has been scanned at least once. Not reported: images of other repositories, of which the enforcement of what is unknown decides.",
    why: "Between a push and its scan nothing is known of an image; a policy that serves what is unknown would serve it to production.",
    fix: "Wait until the image is scanned (`bulkhead registry status`), or pull it as a principal of `registry.exempt`.",
    references: ["https://github.com/opencontainers/distribution-spec/blob/main/spec.md"],
  },
  subject: "pulled-image",
  needs: { scan: "complete" },
  parameters: { quarantine: ({ registry }) => registry.quarantine },
  applies: ({ quarantine, scan: { repository } }) => quarantine.some((pattern) => compileGlob(pattern)(repository)),
  looked: ({ scan: { isScanned } }) => ({ scanned: isScanned ? "yes" : "no" }),
  *evaluate({ scan: { repository, isScanned } }) {
    if (isScanned) return;
    yield {
      subject: "scan",
      severity: "critical",
      title: `Image of ${repository} is in quarantine until its first scan`,
      locations: [{ kind: "config", field: "repository" }],
      matches: { ids: ["registry/image-quarantined"] },
      fix: { kind: "instruction", text: "pull it once it is scanned: bulkhead registry status" },
      evidence: { repository },
    };
  },
};
