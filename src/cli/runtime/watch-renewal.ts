/** Rules and policy of files that change while they are watched for. */
import { createHash } from "node:crypto";
import { loadPolicy } from "../../collect/policy/load.ts";
import { policyDigest } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import type { Started } from "../../guards/runtime/watch/here.ts";
import type { LookedFor } from "../../guards/runtime/watch/run.ts";
import { ruleTexts } from "../../scan/runtime-rules.ts";
import { repeat } from "../../scan/serving/repeat.ts";
import { errorText } from "../../scan/serving/tell.ts";
import { tell } from "../serving.ts";
import { auditOf, type WatchCommandOptions } from "./watch-options.ts";

/** Milliseconds between two looks. */
const LOOK = 5_000;

export interface Renewal {
  /** Reads all anew, changed or not. */
  now(): Promise<void>;
  stop(): void;
}

/** @param first - what is looked for now */
export function renewing(started: Started, options: WatchCommandOptions, root: string, first: LookedFor): Renewal {
  let mark = markOf(first);

  async function look(always: boolean): Promise<void> {
    try {
      const policy = await loadPolicy({ flag: options.policy, root, environment: options.environment });
      const files = await ruleTexts(options.rules, policy, root);
      const next: LookedFor = { ...first, files, policy };
      const found = markOf(next);
      if (found === mark && !always) return;
      mark = found;
      const audit = auditOf(options);
      await started.renew({ lookedFor: next, ...(audit === undefined ? {} : { audit }) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Said once, until something else is wrong or nothing is.
      const found = error.line();
      if (found !== mark || always) tell(`rules: refused, the old ones stay: ${found}`);
      mark = found;
    }
  }

  let isAsked = false;
  const looking = repeat(
    LOOK,
    async () => {
      const always = isAsked;
      isAsked = false;
      await look(always);
      return isAsked ? 0 : LOOK;
    },
    (error) => tell(`internal error, please report it: ${errorText(error)}`),
  );
  return {
    async now() {
      isAsked = true;
      await looking.now();
    },
    stop: looking.stop,
  };
}

function markOf({ files, policy }: LookedFor): string {
  const hash = createHash("sha256").update(policyDigest(policy));
  for (const { name, text } of files) hash.update(JSON.stringify([name, text]));
  return hash.digest("hex");
}
