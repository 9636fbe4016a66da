import { counted } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { PendingUpdate } from "../../engines/updates/model.ts";
import type { ImageUpdatesCheck } from "../subjects/image.ts";

/** Images that were not rebuilt although their distribution has newer packages. */
export const pendingUpdates: ImageUpdatesCheck<{ readonly maxAgeDays: number }> = {
  id: "image/pending-updates",
  title: "Images that need a rebuild",
  layer: "image",
  category: "configuration",
  controls: [9],
  severity: "varies",
  documentation: {
    what: "Checks the installed distribution packages against what the distribution's own repositories offer now (with `--updates`), and the image's age against the policy's `rebuild.maxAgeDays`, 7 where it says nothing. High, and so a fail: a security update that has been pending for longer than that (where repositories do not tell security from the rest, as Alpine's and those of rpm without `updateinfo.xml`, any update), or an image that is older than that while updates are pending, or whose updates nobody looked up. An old image for which nothing is pending passes: a rebuild would change nothing. A young one passes without a look-up only where its base is young too. Where an image states no believable time of its build (reproducible builds state 1970), the updates alone decide.",
    why: "An image does not age well by itself: fixes come out every day, and none of them reaches an image that nobody builds again. Scanners tell of those fixes that have an advisory; the suites tell of all of them, the day they come out.",
    fix: "Build the image again, from a base that was pulled anew (`--pull --no-cache`), and let a schedule do so each week: `bulkhead image base --automate` writes it.",
    references: ["https://wiki.debian.org/DebianRepository/Format", "https://wiki.alpinelinux.org/wiki/Apk_spec"],
  },
  subject: "image-updates",
  needs: { built: "partial", pending: "partial" },
  // Days that an image may go without a rebuild.
  parameters: { maxAgeDays: ({ rebuild }) => rebuild.maxAgeDays },
  *evaluate({ built, pending, maxAgeDays }, now) {
    const age = daysSince(built.image, now);
    const isOld = age !== undefined && age > maxAgeDays;
    if (pending === undefined) {
      if (isOld) yield outdated(age, maxAgeDays);
      return;
    }
    for (const update of pending.updates) yield updateFinding(update, isOld, age, maxAgeDays, now);
  },
};

/** Whole days; undefined where no time is stated. */
function daysSince(at: string | undefined, now: Date): number | undefined {
  const time = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(time) ? undefined : Math.floor((now.getTime() - time) / DAY);
}

const DAY = 24 * 60 * 60 * 1000;

const rebuild = { kind: "instruction", text: "build the image again from a base that is pulled anew" } as const;

function outdated(age: number, maxAgeDays: number): FindingDraft {
  return {
    subject: "age",
    severity: "high",
    title: `Image is ${age} days old; the policy requires a rebuild every ${maxAgeDays} days`,
    detail: "pending updates not checked; use --updates",
    locations: [{ kind: "config", field: "created" }],
    matches: { ids: [pendingUpdates.id] },
    fix: rebuild,
    evidence: { age: `${age} days` },
  };
}

function updateFinding(
  update: PendingUpdate,
  isOld: boolean,
  age: number | undefined,
  maxAgeDays: number,
  now: Date,
): FindingDraft {
  const { package: installed, available, suite, since, fixes, replacedBy } = update;
  const security = update.securitySuite || fixes.length > 0;
  const days = Math.max(0, daysSince(since.at, now) ?? 0);
  const overdue = isOld || ((security || update.mixed) && days > maxAgeDays);
  const location: Location = { kind: "file", path: `/${installed.path}` };
  return {
    subject: `${installed.name}${installed.architecture === undefined ? "" : `:${installed.architecture}`}`,
    severity: overdue ? "high" : security ? "medium" : "low",
    title:
      replacedBy === undefined
        ? `${installed.name} ${available} is available in ${suite}`
        : `${installed.name} is replaced by ${replacedBy} ${available} in ${suite}`,
    locations: [location],
    matches: {
      // Not the flaws that it mends: who accepts one of those has not accepted that nobody rebuilds.
      ids: [pendingUpdates.id],
      package: installed.name,
      version: installed.version,
      purl: installed.purl,
      path: installed.path,
    },
    fix: {
      kind: "upgrade",
      version: available,
      text: `${rebuild.text}: ${installed.name} is upgraded to ${replacedBy === undefined ? "" : `${replacedBy} `}${available}`,
    },
    evidence: {
      installed: installed.version,
      available: replacedBy === undefined ? available : `${replacedBy} ${available}`,
      suite,
      pending: pendingText(days, since.by),
      ...(fixes.length === 0 ? {} : { fixes: fixes.join(", ") }),
      ...(age === undefined ? {} : { "image's age": `${age} days` }),
    },
  };
}

/** A suite's date is a lower bound; a package is published soon after it was built. */
function pendingText(days: number, by: PendingUpdate["since"]["by"]): string {
  const count = counted(days, "day");
  return by === "built" ? `built ${count} ago` : `for at least ${count}`;
}
