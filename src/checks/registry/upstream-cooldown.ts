import { counted } from "../../core/counted.ts";
import type { PulledImageCheck } from "../subjects/pull.ts";

const DAY = 24 * 60 * 60 * 1_000;

/** Images of other registries that nobody has known for long enough. */
export const upstreamCooldown: PulledImageCheck<"upstream", never> = {
  id: "registry/upstream-cooldown",
  title: "Upstream images within their cooldown",
  layer: "registry",
  category: "configuration",
  controls: [2],
  // Whoever states a cooldown means it: no threshold lets it pass, and what comes of it says enforcement.registry.
  severity: "critical",
  documentation: {
    what: "Compares, where a namespace of a guarded registry stands for another one (`registry.upstreams`), how long an image is known with `cooldownDays`: since it was first asked for here or, with `cooldownFrom: created`, since the date that it states itself. An image without such a date counts from when it was first asked for.",
    why: "An image that somebody pushed with a stolen account is usually found within hours or days: who waits that long does not run it.",
    fix: "Wait, or pull the tag's previous image, which is served on. A fix that cannot wait gets an exception for its digest.",
    references: [],
  },
  subject: "pulled-image",
  needs: { upstream: "complete" },
  looked: ({ upstream: { since, from } }) => ({ [WORDS[from]]: since }),
  *evaluate({ upstream: { since, from, cooldownDays, statedAt } }, now) {
    const until = new Date(Date.parse(since) + cooldownDays * DAY);
    if (until <= now) return;
    yield {
      subject: "cooldown",
      severity: "critical",
      title: `The image was ${WORDS[from]} ${since.slice(0, 10)} and is held back for ${counted(cooldownDays, "day")}, until ${minute(until)}`,
      locations: [
        statedAt === undefined ? { kind: "config", field: "registry.upstreams" } : { kind: "file", ...statedAt },
      ],
      matches: { ids: ["registry/upstream-cooldown"] },
      fix: { kind: "instruction", text: "wait, or pull the image that the tag named before" },
      evidence: { [WORDS[from]]: since, until: until.toISOString() },
    };
  },
};

const WORDS = { seen: "first asked for", created: "made" } as const;

function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
