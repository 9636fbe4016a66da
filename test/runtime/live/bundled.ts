/** The rules that come with Bulkhead, loaded. */
import { defaultPolicy } from "../../../src/collect/policy/default.ts";
import type { LoadedRules } from "../../../src/engines/events/falco/model.ts";
import { namedRules } from "../../../src/scan/runtime-rules.ts";

export async function bundledRules(): Promise<LoadedRules> {
  const { loaded } = await namedRules(["bulkhead"], defaultPolicy, process.cwd());
  return loaded;
}
