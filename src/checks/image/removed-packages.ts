import { someOf } from "../../core/counted.ts";
import type { ImageCheck } from "../subjects/image.ts";

const NAMED = 5;

/** Packages that a higher layer removed and that the image ships all the same. */
export const removedPackages: ImageCheck<"removed" | "removedVulnerabilities" | "layers"> = {
  id: "image/removed-packages",
  title: "Removed packages still in a lower layer",
  layer: "image",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Lists packages that one layer installed and a later layer removed. Not reported: upgrades, where the package is still installed in another version.",
    why: "A layer is never changed by the one above it: what it holds is pulled, stored and distributed with every copy of the image, with its license and its vulnerabilities, and anyone who unpacks the layers has it. No process of the image can run it, so its vulnerabilities do not count towards the vulnerabilities of the image.",
    fix: "Install and remove in one `RUN` instruction, or build in a stage of its own and copy the result into the last one.",
    references: ["https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts"],
  },
  subject: "image",
  needs: { removed: "partial", removedVulnerabilities: "partial", layers: "partial" },
  applies: ({ removed }) => removed.length > 0,
  looked: ({ removed }) => ({ packages: String(removed.length) }),
  *evaluate({ removed, removedVulnerabilities, layers }) {
    for (const [type, packages] of Map.groupBy(removed, (item) => item.type)) {
      const [first] = packages;
      if (first === undefined) continue;
      const names = [...new Set(packages.map(({ name, version }) => `${name} ${version}`))];
      const layer = first.layer === undefined ? undefined : layers[first.layer];
      const flaws = removedVulnerabilities[type];
      const removers = [...new Set(packages.flatMap(({ removedIn }) => removedIn ?? []))].sort((a, b) => a - b);
      yield {
        subject: `removed ${type} packages`,
        severity: "low",
        title: `${packages.length} removed ${type} ${packages.length === 1 ? "package remains" : "packages remain"}: ${someOf(names, NAMED)}`,
        locations: [
          layer === undefined ? { kind: "file", path: `/${first.path}` } : { kind: "image", path: first.path, layer },
        ],
        matches: { ids: ["image/removed-packages"], path: first.path },
        fix: { kind: "instruction", text: "install and remove in one RUN, or in a separate stage" },
        evidence: {
          packages: String(packages.length),
          ...(flaws === undefined ? {} : { "known vulnerabilities": String(flaws) }),
          "removed in": removers.map((index) => `layer ${index + 1}`).join(", "),
        },
      };
    }
  },
};
