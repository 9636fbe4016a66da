/** What this host keeps a sensor from seeing, held against what the loaded rules need. */
import type { Gap } from "../../../core/evidence.ts";
import { syscallByName } from "../../../engines/events/types/syscalls.ts";

/** Kernel events that are hooks, beside system calls. */
const events: ReadonlySet<string> = new Set(["procexit", "io_uring", "signaldeliver", "page_fault"]);

/** Learning alone asks for these. */
const ofLearning: ReadonlySet<string> = new Set(["capabilities", "learning", "protect"]);

/**
 * Why "nothing found" is not known.
 *
 * @param what - the hook, or what else the sensor calls it
 * @param hooks - those that the rules need
 * @returns undefined where no rule needs it
 */
export function missingGap(what: string, why: string, hooks: readonly string[]): Gap | undefined {
  const isHook = syscallByName(what) !== undefined || events.has(what);
  // What is no hook may be any of them.
  if (isHook ? !hooks.includes(what) : ofLearning.has(what)) return undefined;
  return { code: "events.not-seen", reason: `not seen on this host: ${what}: ${why}` };
}
