import { counted } from "../../core/counted.ts";
import type { PulledImageCheck } from "../subjects/pull.ts";

const DAY = 24 * 60 * 60 * 1_000;

/** Images that are older than the policy lets be pulled. */
export const imageTooOld: PulledImageCheck<"creation", "maxAgeDays"> = {
  id: "registry/image-too-old",
  title: "Images too old to be pulled",
  layer: "registry",
  category: "configuration",
  controls: [9],
  severity: "high",
  documentation: {
    what: "Compares, where a registry is guarded (`bulkhead registry serve`), the date that the image states itself with `registry.pull.maxAgeDays`. A date of before there were containers is none, as reproducible builds write it, and the age is unknown.",
    why: "An image that nobody has built for long holds what has been fixed since, and nobody knows whether it can still be built.",
    fix: "Rebuild the image on a current base, and push it.",
    references: ["https://github.com/opencontainers/image-spec/blob/main/config.md"],
  },
  subject: "pulled-image",
  needs: { creation: "complete" },
  parameters: { maxAgeDays: ({ registry }) => registry.pull.maxAgeDays },
  applies: ({ maxAgeDays }) => maxAgeDays !== undefined,
  looked: ({ creation: { createdAt } }) => ({ created: createdAt }),
  *evaluate({ creation: { createdAt }, maxAgeDays }, now) {
    const days = Math.floor((now.getTime() - Date.parse(createdAt)) / DAY);
    if (maxAgeDays === undefined || days < maxAgeDays) return;
    yield {
      subject: "creation",
      severity: "high",
      title: `The image is ${counted(days, "day")} old; the limit is ${counted(maxAgeDays, "day")}`,
      locations: [{ kind: "config", field: "created" }],
      matches: { ids: ["registry/image-too-old"] },
      fix: { kind: "instruction", text: "rebuild the image on a current base, and push it" },
      evidence: { created: createdAt },
    };
  },
};
