import { endOfLifeOf, NOTICE_DAYS, WITHOUT_CONTROL } from "../findings/end-of-life-finding.ts";
import type { NamedImageCheck } from "../subjects/named-image.ts";

const id = "build/named-image-end-of-life";

/** Images that were not built or opened, and whose tags name a release without support: one finding for each release. */
export const namedImageEndOfLife: NamedImageCheck<"releases"> = {
  id,
  title: "End-of-life releases, by name",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: WITHOUT_CONTROL,
  severity: "high",
  documentation: {
    what: `Looks up the releases that tags name (\`debian:10\`, \`node:14-alpine3.10\`) in the same dated table as \`image/end-of-life\`: of images that the last stages of Dockerfiles are built on, and of those that manifests and Compose files run, where no built image is at hand. One whose support is over is of severity high, one that has ${NOTICE_DAYS} days or less left is medium. A release that the table does not have is unknown. Not judged: tags that move from release to release (\`node:lts\`, \`python:3\`), and images of publishers whose tags are not known.`,
    why: "After its end of life a release gets no fixes, and often no advisories either: rebuilding on it brings nothing new.",
    fix: "Name a release that is still supported; the finding names the oldest one. Where a vendor sells longer support and you have it, write an exception with its end as the expiry.",
    references: [],
  },
  subject: "named-image",
  needs: { releases: "partial" },
  looked: ({ releases: { name, lifecycle } }) => ({ image: name, table: `as of ${lifecycle.asOf}` }),
  *evaluate({ releases: { name, use, places, lifecycle } }, now) {
    for (const release of lifecycle.releases) {
      const found = endOfLifeOf(release, lifecycle, now);
      if (found === undefined) continue;
      yield {
        ...found,
        title: `${name}: ${found.title}`,
        locations: places,
        matches: { ids: [id] },
        evidence: { [use === "run" ? "image" : "base"]: name, ...found.evidence },
      };
    }
  },
};
